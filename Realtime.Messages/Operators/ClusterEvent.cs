namespace Realtime.Messages.Operators;

/// <param name="What"><c>joined</c>, <c>draining</c>, <c>active</c>, <c>left</c>, <c>evicted</c>, <c>shards-moved</c>, <c>link-up</c>, <c>link-down</c>, <c>standing</c>, <c>action</c>.</param>
/// <param name="Node">Whom it is about.</param>
public sealed record ClusterEvent(long Number, DateTimeOffset At, string What, string? Node, string Text);
