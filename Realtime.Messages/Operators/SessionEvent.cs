namespace Realtime.Messages.Operators;

/// <summary>Something that happened to a session.</summary>
/// <param name="What"><c>opened</c>, <c>attached</c>, <c>detached</c>, <c>superseded</c>, <c>moved</c> (its shard went to another node), <c>adopted</c> (its owner was lost),
/// <c>loaded</c>, <c>parked</c>, <c>disconnected</c>.</param>
/// <param name="Node">Where its connection was, or its shard.</param>
/// <param name="Why">In words; null where the event says it.</param>
public sealed record SessionEvent(DateTimeOffset At, string What, string? Node, string? Why);
