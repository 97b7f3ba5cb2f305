using Akka.Actor;
using Akka.Routing;
using Realtime.Messages.Errors;
using Realtime.Messages.Frames;
using Realtime.Messages.Ids;
using Realtime.Node.Connections.Core;

namespace Realtime.Node.Connections;

/// <summary>What is sent to the router of <see cref="ConnectionsActor"/>s, which passes it on by connection.</summary>
internal abstract record ConnectionCommand(ConnectionId Connection) : IConsistentHashable, INoSerializationVerificationNeeded
{
    public object ConsistentHashKey => Connection.Value;

    /// <summary>A transport has a new link. Answered with <see cref="Opened"/>.</summary>
    /// <param name="Fresh">An unguessable id for the session that it may open.</param>
    /// <param name="ClaimsResume">It was let in as one that comes back.</param>
    /// <param name="Lease">Of its socket; null: it is not counted.</param>
    public sealed record Open(ConnectionId Connection, SessionId Fresh, IClientLink Link, bool ClaimsResume, ClientAddress Address, SocketLease? Lease = null)
        : ConnectionCommand(Connection);

    /// <summary>The answer to <see cref="Open"/>.</summary>
    public sealed record Opened(ConnectionId Connection, IActorRef Actor, HostedConnection Hosted) : ConnectionCommand(Connection);

    public sealed record Move(ConnectionId Connection, ServerFrame.Move Notice) : ConnectionCommand(Connection);

    public sealed record Dismiss(ConnectionId Connection, CloseCode Code) : ConnectionCommand(Connection);

    /// <summary>Answered with <see cref="ConnectionSnapshot"/>.</summary>
    public sealed record Inspect(ConnectionId Connection) : ConnectionCommand(Connection);
}
