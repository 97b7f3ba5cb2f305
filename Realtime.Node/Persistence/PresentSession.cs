using Realtime.Messages.Channels;
using Realtime.Messages.Ids;

namespace Realtime.Node.Persistence;

/// <summary>A session whose newest record says that others see it.</summary>
/// <param name="Attachment">Of the last connection that the record knows.</param>
public sealed record PresentSession(SessionId Session, Attachment Attachment, UserId? User, IReadOnlyList<RecordedPresence> Presence);
