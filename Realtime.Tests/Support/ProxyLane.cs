using System.Net.Sockets;

namespace Realtime.Tests.Support;

/// <summary>
/// Connections of a proxy that share one fate: <see cref="Cut"/> resets all of them and every new one, <see cref="Heal"/> lets them through again, and each
/// direction can be held, late or slow.
/// </summary>
public sealed class ProxyLane
{
    private readonly HashSet<Socket> _sockets = [];
    private readonly Lock _gate = new();
    private bool _cut;
    private long _resets;
    private long _taken;

    public ProxyDirection ToTarget { get; } = new();

    public ProxyDirection FromTarget { get; } = new();

    /// <summary>Connections that were reset by force, refused ones included.</summary>
    public long Resets => Interlocked.Read(ref _resets);

    /// <summary>Connections that found a target.</summary>
    public long Taken => Interlocked.Read(ref _taken);

    /// <summary>Connections that are open now.</summary>
    public int Open
    {
        get
        {
            lock (_gate)
            {
                return _sockets.Count / 2;
            }
        }
    }

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

    /// <summary>Ends with the connection.</summary>
    internal async Task ForwardAsync(Socket client, Func<Task<Socket>> connect)
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
            server = await connect();
            Interlocked.Increment(ref _taken);
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

        Drop(client, server);
    }

    internal static void Reset(Socket socket)
    {
        // A lingering close would end the stream in good order, which is not what a broken network does.
        socket.LingerState = new LingerOption(true, 0);
        socket.Dispose();
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
            Drop(from, to);
            throw;
        }
    }

    private void Drop(params ReadOnlySpan<Socket?> ends)
    {
        lock (_gate)
        {
            foreach (var socket in ends)
            {
                if (socket is not null && _sockets.Remove(socket))
                {
                    Reset(socket);
                }
            }
        }
    }
}
