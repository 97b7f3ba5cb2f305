namespace Realtime.Messages.Operators;

/// <summary>A session in lists.</summary>
/// <param name="State"><c>attached</c>, <c>detached</c> (its grace time runs) or <c>parked</c> (grace over, waiting for its expiry).</param>
/// <param name="Owner">The node that holds its shard; null for a moment after that was given to one.</param>
/// <param name="At">The node whose connection stands for it; null unless attached.</param>
public sealed record SessionSummary(string Id, string? User, string State, string? Owner, string? At, int Subscriptions, DateTimeOffset? Since);
