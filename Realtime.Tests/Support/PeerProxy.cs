using System.Net;
using System.Net.Sockets;

namespace Realtime.Tests.Support;

/// <summary>
/// Stands before one process where the others dial it, and keeps their connections apart by who dials: so the way between two of them can be cut while everybody
/// else gets through. Whoever cannot be told is reset.
/// </summary>
internal sealed class PeerProxy : IAsyncDisposable
{
    private readonly Dictionary<string, ProxyLane> _lanes = [];
    private readonly Lock _gate = new();
    private readonly IPEndPoint _target;
    private readonly Func<IPEndPoint, string?> _dialler;
    private readonly ProxyListener _listener;
    private long _strangers;

    /// <param name="endpoint">Where it listens.</param>
    /// <param name="target">Where the process listens.</param>
    /// <param name="dialler">Who has the other end of a connection, by its address; null: not known.</param>
    public PeerProxy(IPEndPoint endpoint, IPEndPoint target, Func<IPEndPoint, string?> dialler)
    {
        _target = target;
        _dialler = dialler;
        _listener = new ProxyListener(endpoint, ForwardAsync);
    }

    public IPEndPoint Endpoint => _listener.Endpoint;

    /// <summary>Connections of nobody that is known.</summary>
    public long Strangers => Interlocked.Read(ref _strangers);

    /// <summary>What this one dials.</summary>
    public ProxyLane From(string dialler)
    {
        lock (_gate)
        {
            if (!_lanes.TryGetValue(dialler, out var lane))
            {
                lane = new ProxyLane();
                _lanes.Add(dialler, lane);
            }

            return lane;
        }
    }

    public async ValueTask DisposeAsync()
    {
        _listener.Stop();
        ProxyLane[] lanes;
        lock (_gate)
        {
            lanes = [.. _lanes.Values];
        }

        foreach (var lane in lanes)
        {
            lane.Heal();
            lane.Cut();
        }

        await _listener.EndedAsync();
    }

    private Task ForwardAsync(Socket client)
    {
        if (client.RemoteEndPoint is IPEndPoint address && _dialler(address) is { } name)
        {
            return From(name).ForwardAsync(client, () => ProxyListener.ConnectAsync(_target));
        }

        Interlocked.Increment(ref _strangers);
        ProxyLane.Reset(client);
        return Task.CompletedTask;
    }
}
