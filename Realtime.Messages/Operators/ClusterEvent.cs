namespace Realtime.Messages.Operators;

/// <param name="What"><c>started</c>, <c>store-trouble</c>, <c>store-well</c>, <c>action</c>, <c>stopping</c>. Others may follow: pass over what you do not know.</param>
/// <param name="Node">Whom it is about.</param>
public sealed record ClusterEvent(long Number, DateTimeOffset At, string What, string? Node, string Text);
