using Realtime.Messages.Channels;
using Realtime.Messages.Ids;

namespace Realtime.Messages.Sessions;

/// <summary>A connection holds a session of another node, as far as the connection knows.</summary>
public readonly record struct SessionHold(SessionId Session, Attachment Attachment, ConnectionId Connection);
