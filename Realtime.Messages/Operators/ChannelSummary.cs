namespace Realtime.Messages.Operators;

/// <summary>A channel in lists.</summary>
/// <param name="Owner">The node that holds its shard; null for a moment after that was given to one.</param>
/// <param name="Head">As <c>epoch:offset</c>; null on channels without a log.</param>
/// <param name="Nodes">How many nodes have subscribers of it.</param>
/// <param name="Members">Present; null where the namespace keeps no presence.</param>
/// <param name="Rate">Publishes per second over the last ten seconds.</param>
public sealed record ChannelSummary(string Name, string? Owner, string Durability, string? Head, int Nodes, int? Members, double Rate);
