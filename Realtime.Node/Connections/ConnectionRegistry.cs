using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Security.Cryptography;
using Realtime.Cluster.Membership;
using Realtime.Cluster.Sharding;
using Realtime.Cluster.Telemetry.Metrics;
using Realtime.Cluster.Telemetry.Tracing;
using Realtime.Messages.Entities;
using Realtime.Messages.Errors;
using Realtime.Messages.Frames;
using Realtime.Messages.Ids;
using Realtime.Node.Connections.Core;

namespace Realtime.Node.Connections;

/// <summary>
/// All connections of this node: opens them for the transports, looks at their clocks once a second with one timer for all, tells them
/// what entities have to say, and closes them when the node stops.
/// </summary>
internal sealed class ConnectionRegistry : INodeReceiver, IClientConnections, IDisposable
{
    /// <summary>Ids looked at for one in a shard of this node: enough for one in a hundred shards, and cheap where there is none.</summary>
    private const int MintTries = 512;

    private readonly ConcurrentDictionary<ConnectionId, Connection> _connections = new();
    private readonly ConnectionServices _services;
    private readonly ICluster _cluster;
    private readonly Relay _relay;
    private readonly TimeProvider _time;
    private readonly ConnectionInspection _inspection;
    private readonly Departures _departures;
    private readonly OwnerNotices _notices;
    private readonly ITimer _sweeper;
    private readonly long _started;
    private TaskCompletionSource? _empty;
    private long _lastId = FirstId();

    public ConnectionRegistry(
        ConnectionSetup setup, ICluster cluster, Relay relay, TimeProvider time, ConnectionLogging log,
        ConnectionFigures? figures = null, NodeTracing? tracing = null)
    {
        _cluster = cluster;
        _relay = relay;
        _time = time;
        _started = time.GetTimestamp();
        _inspection = new ConnectionInspection(relay, time);
        _departures = new Departures(cluster, () => Now().Ticks);
        _notices = new OwnerNotices(_connections.Select(entry => entry.Value), time);
        _services = new ConnectionServices(setup, cluster, relay, _departures, log, MintSession, Now, Closed)
        {
            Figures = figures ?? new ConnectionFigures(),
            Tracing = tracing ?? NodeTracing.Off,
        };
        cluster.Register(this);
        cluster.OwnersChanged += _notices.Add;
        _sweeper = time.CreateTimer(
            static state => ((ConnectionRegistry)state!).Sweep(), this, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(1));
    }

    public int Count => _connections.Count;

    /// <summary>Bytes that wait to be written to clients, over all connections. Walks over them: for somebody who asks now and then.</summary>
    public long QueuedBytes => _connections.Sum(entry => entry.Value.QueuedBytes);

    /// <summary>Grows with every connection.</summary>
    public long LastId => Interlocked.Read(ref _lastId);

    /// <param name="claimsResume">It was let in as one that comes back.</param>
    public Connection Open(IClientLink link, bool claimsResume = false, ClientAddress address = default)
    {
        var connection = new Connection(new ConnectionId(Interlocked.Increment(ref _lastId)), link, _services, claimsResume, address);
        _connections[connection.Id] = connection;
        if (Volatile.Read(ref _empty) is not null)
        {
            connection.Dismiss(CloseCode.Restart);
        }

        return connection;
    }

    public ValueTask<IClientConnection> OpenAsync(IClientLink link, bool claimsResume = false, ClientAddress address = default) =>
        ValueTask.FromResult<IClientConnection>(Open(link, claimsResume, address));

    /// <summary>All connections that are welcomed and open.</summary>
    public void Collect(List<MoveCandidate> here)
    {
        foreach (var (id, connection) in _connections)
        {
            if (connection.Session is { IsNone: false } session)
            {
                here.Add(new MoveCandidate(id, session));
            }
        }
    }

    /// <summary>Where a connection's subscriptions stand.</summary>
    /// <returns>Null when there is none of this number here, or it is not welcomed yet.</returns>
    public Task<ConnectionAccount?> InspectAsync(ConnectionId id, CancellationToken cancellation) =>
        _connections.TryGetValue(id, out var connection)
            ? _inspection.OfAsync(connection, cancellation)
            : Task.FromResult<ConnectionAccount?>(null);

    /// <summary>The same for the connection that stands for a session; looks at all of them. Of two, as while a client moves, the newer.</summary>
    public Task<ConnectionAccount?> InspectAsync(SessionId session, CancellationToken cancellation)
    {
        var connection = _connections.Select(entry => entry.Value).Where(here => here.Session == session).MaxBy(here => here.Id.Value);
        return connection is null ? Task.FromResult<ConnectionAccount?>(null) : _inspection.OfAsync(connection, cancellation);
    }

    public void Move(ConnectionId id, ServerFrame.Move notice)
    {
        if (_connections.TryGetValue(id, out var connection))
        {
            connection.Move(notice);
        }
    }

    public void Dismiss(ConnectionId id, CloseCode code)
    {
        if (_connections.TryGetValue(id, out var connection))
        {
            connection.Dismiss(code);
        }
    }

    public void OnNodeMessage(NodeMessage message)
    {
        switch (message)
        {
            case ChannelNews news:
                _relay.OnNews(news);
                break;
            case InterestNews interest:
                _relay.OnInterest(interest);
                break;
            case SessionNews.Dismissed dismissed when _connections.TryGetValue(dismissed.Connection, out var connection):
                connection.Dismiss(dismissed.Code);
                break;
            case SessionNews.Forgotten forgotten when _connections.TryGetValue(forgotten.Connection, out var connection):
                connection.OwnerMoved();
                break;
            default:
                break;
        }
    }

    /// <summary>Says goodbye to everybody and waits until they are gone.</summary>
    public async Task CloseAllAsync(CloseCode code, CancellationToken cancellation)
    {
        var empty = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Volatile.Write(ref _empty, empty);
        foreach (var (_, connection) in _connections)
        {
            connection.Dismiss(code);
        }

        if (!_connections.IsEmpty)
        {
            await empty.Task.WaitAsync(cancellation).ConfigureAwait(false);
        }
    }

    public void Dispose()
    {
        _cluster.OwnersChanged -= _notices.Add;
        _notices.Dispose();
        _sweeper.Dispose();
    }

    private void Closed(Connection connection)
    {
        _connections.TryRemove(connection.Id, out _);
        if (Volatile.Read(ref _empty) is { } empty && _connections.IsEmpty)
        {
            empty.TrySetResult();
        }
    }

    private void Sweep()
    {
        var now = Now();
        var load = (Subscribers: 0, Behind: 0, Queued: 0L);
        foreach (var (_, connection) in _connections)
        {
            var (subscribers, behind, queued) = connection.Sweep(now);
            load = (load.Subscribers + subscribers, load.Behind + behind, load.Queued + queued);
        }

        _services.Figures.Load = new ConnectionLoad(load.Subscribers, load.Behind, load.Queued);

        _departures.Sweep();
        _services.Setup.Anonymous?.Sweep(now.Ticks);
    }

    private Moment Now() => new((long)_time.GetElapsedTime(_started).TotalMilliseconds, _time.GetUtcNow());

    /// <summary>
    /// In a shard of this node if there is one, so that a new session is local from the start. While the node is not sure of what it owns any
    /// shard will do: the session must live where somebody is.
    /// </summary>
    private SessionId MintSession()
    {
        var tries = _cluster.Standing is Standing.Sure ? MintTries : 1;
        while (true)
        {
            var id = SessionId.Read(RandomNumberGenerator.GetBytes(SessionId.Bytes));
            if (!id.IsNone && (--tries <= 0 || _cluster.Owns(EntityAddress.Of(id))))
            {
                return id;
            }
        }
    }

    /// <summary>Far from where another process counts, and with room to count: entities still speak of connections of this node's last life.</summary>
    private static long FirstId() => BinaryPrimitives.ReadInt64LittleEndian(RandomNumberGenerator.GetBytes(sizeof(long))) & (long.MaxValue >> 11);
}
