using Realtime.Messages.Ids;

namespace Realtime.Messages.Entities;

/// <summary>Something that happened to a session.</summary>
/// <param name="At">Milliseconds since 1970, by the clock of the node that owned it then.</param>
/// <param name="Node">Where its connection was; its shard, where it is about no connection. Null: not known.</param>
/// <param name="Why">In a word, such as the name of a close code; null where the event says it.</param>
public sealed record SessionOccurrence(SessionChange What, long At, NodeId? Node, string? Why);
