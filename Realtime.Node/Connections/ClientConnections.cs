using System.Buffers.Binary;
using System.Security.Cryptography;
using Akka.Actor;
using Akka.Routing;
using Realtime.Messages.Errors;
using Realtime.Messages.Frames;
using Realtime.Messages.Ids;
using Realtime.Node.Connections.Core;
using Realtime.Node.Feeds;

namespace Realtime.Node.Connections;

/// <summary>The connections of this node for those who are no actors: transports, operators, the node's life cycle.</summary>
/// <param name="connections">The router of <see cref="ConnectionsActor"/>s.</param>
internal sealed class ClientConnections(IActorRef connections, ConnectionsSetup setup) : IClientConnections
{
    /// <summary>How long operators wait for the feeds of a connection; one that is busy is left out.</summary>
    private static readonly TimeSpan FeedTimeout = TimeSpan.FromSeconds(1);

    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(5);
    private long _lastId = FirstId();

    public int Count => setup.Counts.Open;

    /// <summary>Bytes that wait to be written to clients, as of about a second ago.</summary>
    public long QueuedBytes => setup.Counts.QueuedBytes;

    /// <summary>Grows with every connection, once it is listed.</summary>
    public long OpenedEver => setup.Counts.OpenedEver;

    public async ValueTask<IClientConnection> OpenAsync(IClientLink link, bool claimsResume = false, ClientAddress address = default, SocketLease? lease = null)
    {
        var id = new ConnectionId(Interlocked.Increment(ref _lastId));
        var opened = await connections.Ask<ConnectionCommand.Opened>(
            new ConnectionCommand.Open(id, setup.NewSessions.Next(), link, claimsResume, address, lease), Timeout).ConfigureAwait(false);
        return new ClientConnection(setup, opened.Actor, opened.Hosted);
    }

    public void Move(ConnectionId connection, ServerFrame.Move notice) =>
        connections.Tell(new ConnectionCommand.Move(connection, notice), ActorRefs.NoSender);

    public void Dismiss(ConnectionId connection, CloseCode code) =>
        connections.Tell(new ConnectionCommand.Dismiss(connection, code), ActorRefs.NoSender);

    /// <summary>The connections that are open.</summary>
    public async Task<ConnectionList> ListAsync(CancellationToken cancellation)
    {
        var answers = await AskAllAsync<ConnectionQuery.Listed>(new ConnectionQuery.List(), cancellation).ConfigureAwait(false);
        return new ConnectionList(
            [.. answers.SelectMany(part => part.Connections).Select(entry => new MoveCandidate(entry.Connection, entry.Session))],
            answers.Sum(part => part.NotWelcomed));
    }

    /// <summary>Where a connection's subscriptions stand.</summary>
    /// <returns>Null when there is none of this number here, or it is not welcomed.</returns>
    public async Task<ConnectionInfo?> InspectAsync(ConnectionId connection, CancellationToken cancellation)
    {
        var snapshot = await connections.Ask<ConnectionSnapshot>(
            new ConnectionCommand.Inspect(connection), Timeout, cancellation).ConfigureAwait(false);
        if (snapshot.Session.IsNone)
        {
            return null;
        }

        var asked = snapshot.Subscribers.Select(subscriber => AskFeedAsync(subscriber, cancellation));
        var live = await Task.WhenAll(asked).ConfigureAwait(false);
        return new ConnectionInfo(snapshot.Connection, snapshot.Session, snapshot.QueuedBytes, [.. live.OfType<LiveSubscription>()]);
    }

    /// <summary>The same for the connection that holds a session. Of two, as while a client moves, the newer.</summary>
    public async Task<ConnectionInfo?> InspectAsync(SessionId session, CancellationToken cancellation)
    {
        var here = (await ListAsync(cancellation).ConfigureAwait(false)).Welcomed.Where(entry => entry.Session == session).ToList();
        return here.Count == 0
            ? null
            : await InspectAsync(here.MaxBy(entry => entry.Connection.Value).Connection, cancellation).ConfigureAwait(false);
    }

    /// <summary>Says goodbye to all clients, also to those that come later, and completes when they are gone.</summary>
    public Task CloseAllAsync(CloseCode code, CancellationToken cancellation) =>
        AskAllAsync<ConnectionQuery.AllClosed>(new ConnectionQuery.CloseAll(code), cancellation, System.Threading.Timeout.InfiniteTimeSpan);

    /// <summary>
    /// Far from where another process counts, and with room to count: sessions still know connections of this node's last life.
    /// </summary>
    private static long FirstId() =>
        BinaryPrimitives.ReadInt64LittleEndian(RandomNumberGenerator.GetBytes(sizeof(long))) & (long.MaxValue >> 11);

    private async Task<LiveSubscription?> AskFeedAsync(Feeds.Subscriber subscriber, CancellationToken cancellation)
    {
        try
        {
            var answer = await setup.Feeds.Ask<FeedEvent.Inspected>(
                new FeedCommand.Inspect(subscriber, 0), FeedTimeout, cancellation).ConfigureAwait(false);
            return answer.Subscription;
        }
        catch (AskTimeoutException)
        {
            return null;
        }
    }

    private async Task<TAnswer[]> AskAllAsync<TAnswer>(ConnectionQuery query, CancellationToken cancellation, TimeSpan? timeout = null)
    {
        var parts = await connections.Ask<Routees>(GetRoutees.Instance, Timeout, cancellation).ConfigureAwait(false);
        return await Task.WhenAll(parts.Members.OfType<ActorRefRoutee>().Select(
            part => part.Actor.Ask<TAnswer>(query, timeout ?? Timeout, cancellation))).ConfigureAwait(false);
    }
}
