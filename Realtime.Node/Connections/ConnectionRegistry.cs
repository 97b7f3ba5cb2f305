using System.Collections.Concurrent;
using System.Security.Cryptography;
using Realtime.Cluster.Sharding;
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
internal sealed class ConnectionRegistry : INodeReceiver, IDisposable
{
    private readonly ConcurrentDictionary<ConnectionId, Connection> _connections = new();
    private readonly ConnectionServices _services;
    private readonly Relay _relay;
    private readonly TimeProvider _time;
    private readonly ITimer _sweeper;
    private readonly long _started;
    private TaskCompletionSource? _empty;
    private long _lastId;

    public ConnectionRegistry(ConnectionSetup setup, ICluster cluster, Relay relay, TimeProvider time, ConnectionLogging log)
    {
        _relay = relay;
        _time = time;
        _started = time.GetTimestamp();
        _services = new ConnectionServices(setup, cluster, relay, log, MintSession, Now, Closed);
        cluster.Register(this);
        _sweeper = time.CreateTimer(
            static state => ((ConnectionRegistry)state!).Sweep(), this, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(1));
    }

    public int Count => _connections.Count;

    /// <summary>Grows with every connection.</summary>
    public long LastId => Interlocked.Read(ref _lastId);

    /// <param name="claimsResume">It was let in as one that comes back.</param>
    public Connection Open(IClientLink link, bool claimsResume = false)
    {
        var connection = new Connection(new ConnectionId(Interlocked.Increment(ref _lastId)), link, _services, claimsResume);
        _connections[connection.Id] = connection;
        if (Volatile.Read(ref _empty) is not null)
        {
            connection.Dismiss(CloseCode.Restart);
        }

        return connection;
    }

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

    public void Dispose() => _sweeper.Dispose();

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
        var now = Now().Ticks;
        foreach (var (_, connection) in _connections)
        {
            connection.Sweep(now);
        }
    }

    private Moment Now() => new((long)_time.GetElapsedTime(_started).TotalMilliseconds, _time.GetUtcNow());

    private static SessionId MintSession()
    {
        Span<byte> bytes = stackalloc byte[SessionId.Bytes];
        RandomNumberGenerator.Fill(bytes);
        return SessionId.Read(bytes);
    }
}
