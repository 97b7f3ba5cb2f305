using Akka.Actor;
using Realtime.Messages.Sessions;

namespace Realtime.Node.Connections;

/// <summary>A connection of this node holds a session of another one.</summary>
/// <param name="Node">Where the session is.</param>
internal sealed record RemoteHold(Address Node, SessionHold Hold);
