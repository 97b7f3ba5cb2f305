using Akka.Actor;
using Realtime.Messages.Ids;

namespace Realtime.Node.Sessions.Core;

/// <summary>The connection that holds a session.</summary>
/// <param name="Attempt">The client's own count of the hello it attached with; null when the client keeps none.</param>
public sealed record SessionHolder(IActorRef Connection, long? Attempt, NodeId Node, ConnectionId ConnectionId);
