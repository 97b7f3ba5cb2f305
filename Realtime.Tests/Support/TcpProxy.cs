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
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly HashSet<Socket> _sockets = [];
    private readonly Lock _gate = new();
    private readonly IReadOnlyList<IPEndPoint> _targets;
    private readonly Task _accepting;
    private bool _cut;
    private int _next;
    private long _resets;

    public TcpProxy(params IReadOnlyList<IPEndPoint> targets)
    {
        _targets = targets;
        _listener.Start();
        _accepting = AcceptAsync();
    }

    public IPEndPoint Endpoint => (IPEndPoint)_listener.LocalEndpoint;

    public ProxyDirection ToTarget { get; } = new();

    public ProxyDirection FromTarget { get; } = new();

    /// <summary>Connections that were reset by force, refused ones included.</summary>
    public long Resets => Interlocked.Read(ref _resets);

    public void Cut()
    {
        lock (_gate)
        {
            _cut = true;
            ResetAll();
        }
    }

    /// <summary>Resets what is connected now; new connections pass.</summary>
    public void ResetAll()
    {
        lock (_gate)
        {
            foreach (var socket in _sockets)
            {
                Reset(socket);
                _resets++;
            }

            _sockets.Clear();
        }
    }

    /// <summary>A network that does what it should.</summary>
    public void Heal()
    {
        lock (_gate)
        {
            _cut = false;
        }

        ToTarget.Clear();
        FromTarget.Clear();
    }

    public void Stall() => FromTarget.Hold();

    public void Flow() => FromTarget.Release();

    public async ValueTask DisposeAsync()
    {
        _listener.Stop();
        Cut();
        ToTarget.Clear();
        FromTarget.Clear();
        await _accepting;
    }

    private static void Reset(Socket socket)
    {
        // A lingering close would end the stream in good order, which is not what a broken network does.
        socket.LingerState = new LingerOption(true, 0);
        socket.Dispose();
    }

    private async Task AcceptAsync()
    {
        var forwards = new List<Task>();
        try
        {
            while (true)
            {
                forwards.RemoveAll(forward => forward.IsCompleted);
                forwards.Add(ForwardAsync(await _listener.AcceptSocketAsync()));
            }
        }
        catch (Exception fault) when (fault is SocketException or ObjectDisposedException)
        {
            // The listener was stopped: this proxy is at its end.
        }

        await Task.WhenAll(forwards);
    }

    private async Task ForwardAsync(Socket client)
    {
        lock (_gate)
        {
            if (_cut)
            {
                Reset(client);
                _resets++;
                return;
            }

            _sockets.Add(client);
        }

        Socket? server = null;
        try
        {
            client.NoDelay = true;
            server = await ConnectAsync();
            lock (_gate)
            {
                // Cut while connecting: the client's end is gone already.
                if (_sockets.Contains(client))
                {
                    _sockets.Add(server);
                }
                else
                {
                    Reset(server);
                }
            }

            await Task.WhenAll(CopyAsync(client, server, ToTarget), CopyAsync(server, client, FromTarget));
        }
        catch (Exception fault) when (fault is SocketException or ObjectDisposedException)
        {
            // One end broke, or the network was cut: the other end learns it by a reset as well.
        }

        lock (_gate)
        {
            if (_sockets.Remove(client))
            {
                Reset(client);
            }

            if (server is not null && _sockets.Remove(server))
            {
                Reset(server);
            }
        }
    }

    /// <summary>The next target that takes a connection.</summary>
    private async Task<Socket> ConnectAsync()
    {
        for (var left = _targets.Count; ; left--)
        {
            var target = _targets[(Interlocked.Increment(ref _next) & int.MaxValue) % _targets.Count];

            // A small buffer, so that a reader that has stopped is soon felt at the other end.
            var server = new Socket(target.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { ReceiveBufferSize = 64 * 1024, NoDelay = true };
            try
            {
                await server.ConnectAsync(target);
                return server;
            }
            catch (SocketException) when (left > 1)
            {
                server.Dispose();
            }
            catch (SocketException)
            {
                server.Dispose();
                throw;
            }
        }
    }

    /// <summary>Both ends are broken when either direction is: a half that goes on alone would hold the other one for ever.</summary>
    private async Task CopyAsync(Socket from, Socket to, ProxyDirection direction)
    {
        var buffer = new byte[16 * 1024];
        try
        {
            while (await from.ReceiveAsync(buffer) is > 0 and var count)
            {
                await direction.PassAsync(count);
                await to.SendAsync(buffer.AsMemory(0, count));
            }

            to.Shutdown(SocketShutdown.Send);
        }
        catch (Exception fault) when (fault is SocketException or ObjectDisposedException)
        {
            lock (_gate)
            {
                foreach (var socket in (Socket[])[from, to])
                {
                    if (_sockets.Remove(socket))
                    {
                        Reset(socket);
                    }
                }
            }

            throw;
        }
    }
}
