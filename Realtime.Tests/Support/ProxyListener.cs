using System.Net;
using System.Net.Sockets;

namespace Realtime.Tests.Support;

/// <summary>The front of a proxy: takes connections until it is stopped, and hands each to whoever forwards it.</summary>
internal sealed class ProxyListener
{
    private readonly TcpListener _listener;
    private readonly Func<Socket, Task> _forward;
    private readonly Task _accepting;

    public ProxyListener(IPEndPoint endpoint, Func<Socket, Task> forward)
    {
        _listener = new TcpListener(endpoint);
        _forward = forward;
        _listener.Start();
        _accepting = AcceptAsync();
    }

    public IPEndPoint Endpoint => (IPEndPoint)_listener.LocalEndpoint;

    public static async Task<Socket> ConnectAsync(IPEndPoint target)
    {
        // A small buffer, so that a reader that has stopped is soon felt at the other end.
        var server = new Socket(target.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { ReceiveBufferSize = 64 * 1024, NoDelay = true };
        try
        {
            await server.ConnectAsync(target);
            return server;
        }
        catch (SocketException)
        {
            server.Dispose();
            throw;
        }
    }

    public void Stop() => _listener.Stop();

    /// <summary>When everything it forwarded is over.</summary>
    public Task EndedAsync() => _accepting;

    private async Task AcceptAsync()
    {
        var forwards = new List<Task>();
        try
        {
            while (true)
            {
                forwards.RemoveAll(forward => forward.IsCompleted);
                forwards.Add(_forward(await _listener.AcceptSocketAsync()));
            }
        }
        catch (Exception fault) when (fault is SocketException or ObjectDisposedException)
        {
            // The listener was stopped: this proxy is at its end.
        }

        await Task.WhenAll(forwards);
    }
}
