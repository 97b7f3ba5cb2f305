using System.Net;
using System.Net.Sockets;

namespace Realtime.Tests.Support;

/// <summary>
/// A network between two processes that can be cut: forwards bytes between a port of its own and a target, until
/// <see cref="Cut"/> resets every connection and every new one, and <see cref="Heal"/> lets them through again. Between
/// <see cref="Stall"/> and <see cref="Flow"/> nothing is read from the target any more, as if its reader had stopped. With several
/// targets it is a load balancer that knows nothing: each connection goes to the next one that takes it.
/// </summary>
public sealed class TcpProxy : IAsyncDisposable
{
    private readonly ProxyLane _lane = new();
    private readonly ProxyListener _listener;
    private readonly IReadOnlyList<IPEndPoint> _targets;
    private int _next;

    public TcpProxy(params IReadOnlyList<IPEndPoint> targets)
    {
        _targets = targets;
        _listener = new ProxyListener(new IPEndPoint(IPAddress.Loopback, 0), socket => _lane.ForwardAsync(socket, ConnectAsync));
    }

    public IPEndPoint Endpoint => _listener.Endpoint;

    public ProxyDirection ToTarget => _lane.ToTarget;

    public ProxyDirection FromTarget => _lane.FromTarget;

    /// <summary>Connections that were reset by force, refused ones included.</summary>
    public long Resets => _lane.Resets;

    /// <summary>Connections that found a target.</summary>
    public long Taken => _lane.Taken;

    public void Cut() => _lane.Cut();

    /// <summary>Resets what is connected now; new connections pass.</summary>
    public void ResetAll() => _lane.ResetAll();

    /// <summary>A network that does what it should.</summary>
    public void Heal() => _lane.Heal();

    public void Stall() => FromTarget.Hold();

    public void Flow() => FromTarget.Release();

    public async ValueTask DisposeAsync()
    {
        _listener.Stop();
        Cut();
        ToTarget.Clear();
        FromTarget.Clear();
        await _listener.EndedAsync();
    }

    /// <summary>The next target that takes a connection.</summary>
    private async Task<Socket> ConnectAsync()
    {
        for (var left = _targets.Count; ; left--)
        {
            var target = _targets[(Interlocked.Increment(ref _next) & int.MaxValue) % _targets.Count];
            try
            {
                return await ProxyListener.ConnectAsync(target);
            }
            catch (SocketException) when (left > 1)
            {
                // It does not listen: the next one.
            }
        }
    }
}
