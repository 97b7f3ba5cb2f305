using Realtime.Messages.Channels;
using Realtime.Messages.Entities;

namespace Realtime.Messages.Sessions;

/// <summary>
/// What a connection that was attached knows of its session when it attaches again, because the session's actor has stopped or moved.
/// </summary>
/// <param name="Attachment">As <see cref="SessionReply.Attached"/> gave it.</param>
/// <param name="Subscriptions">All of them, as they are now: they replace what the session has read back.</param>
public sealed record HeldSession(Attachment Attachment, IReadOnlyList<SessionSubscription> Subscriptions);
