using Realtime.Messages.Ids;

namespace Realtime.Node.Connections.Core;

/// <summary>A connection that is welcomed, and the session it stands for.</summary>
internal readonly record struct MoveCandidate(ConnectionId Connection, SessionId Session);
