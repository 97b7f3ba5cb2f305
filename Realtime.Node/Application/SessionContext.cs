using Realtime.Node.Events;

namespace Realtime.Node.Application;

/// <summary>A session has begun, or is over.</summary>
/// <param name="Id">The same each time that this event is delivered; no other event has it.</param>
/// <param name="At">When it was written down.</param>
/// <param name="Session">Public id of the session.</param>
/// <param name="User">Null: nobody has said who it is.</param>
/// <param name="Reason">Why it is over: <c>bye</c>, <c>expired</c>, <c>kicked</c> or <c>lost</c>; null when it has begun.</param>
public sealed record SessionContext(EventKind Kind, string Id, DateTimeOffset At, string Session, string? User, string? Reason);
