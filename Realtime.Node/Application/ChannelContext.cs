using Realtime.Node.Events;

namespace Realtime.Node.Application;

/// <summary>A channel has its first subscriber, or none any more.</summary>
/// <param name="Id">The same each time that this event is delivered; no other event has it.</param>
/// <param name="At">When it was written down.</param>
public sealed record ChannelContext(EventKind Kind, string Id, DateTimeOffset At, string Channel);
