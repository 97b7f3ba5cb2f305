using System.Net;
using System.Net.Sockets;

namespace Realtime.Tests.Support;

/// <summary>
/// A network between two processes that can be cut: forwards bytes between a port of its own and a target, until
/// <see cref="Cut"/> resets every connection and every new one, and <see cref="Heal"/> lets them through again. Between
/// <see cref="Stall"/> and <see cref="Flow"/> nothing is read from the target any more, as if its reader had stopped.
/// </summary>
public sealed class TcpProxy : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly HashSet<Socket> _sockets = [];
    private readonly Lock _gate = new();
    private readonly IPEndPoint _target;
    private readonly Task _accepting;
    private TaskCompletionSource? _stalled;
    private bool _cut;

    public TcpProxy(IPEndPoint target)
    {
        _target = target;
        _listener.Start();
        _accepting = AcceptAsync();
    }

    public IPEndPoint Endpoint => (IPEndPoint)_listener.LocalEndpoint;

    public void Cut()
    {
        lock (_gate)
        {
            _cut = true;
            foreach (var socket in _sockets)
            {
                Reset(socket);
            }

            _sockets.Clear();
        }
    }

    public void Heal()
    {
        lock (_gate)
        {
            _cut = false;
        }
    }

    public void Stall()
    {
        lock (_gate)
        {
            _stalled ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }
    }

    public void Flow()
    {
        lock (_gate)
        {
            _stalled?.SetResult();
            _stalled = null;
        }
    }

    public async ValueTask DisposeAsync()
    {
        _listener.Stop();
        Cut();
        Flow();
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
        // A small buffer, so that a reader that has stopped is soon felt at the other end.
        var server = new Socket(_target.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { ReceiveBufferSize = 64 * 1024 };
        lock (_gate)
        {
            if (_cut)
            {
                Reset(client);
                Reset(server);
                return;
            }

            _sockets.Add(client);
            _sockets.Add(server);
        }

        try
        {
            client.NoDelay = server.NoDelay = true;
            await server.ConnectAsync(_target);
            await Task.WhenAll(CopyAsync(client, server, null), CopyAsync(server, client, () => _stalled?.Task));
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

            if (_sockets.Remove(server))
            {
                Reset(server);
            }
        }
    }

    private async Task CopyAsync(Socket from, Socket to, Func<Task?>? pause)
    {
        var buffer = new byte[16 * 1024];
        while (await from.ReceiveAsync(buffer) is > 0 and var count)
        {
            Task? stalled;
            lock (_gate)
            {
                stalled = pause?.Invoke();
            }

            await (stalled ?? Task.CompletedTask);
            await to.SendAsync(buffer.AsMemory(0, count));
        }

        to.Shutdown(SocketShutdown.Send);
    }
}
