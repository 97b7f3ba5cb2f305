using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Realtime.Cluster.Journal;
using Realtime.Messages.Ids;

namespace Realtime.Cluster.Links;

/// <summary>The links of a node over TCP, on a port of their own, one stream per direction.</summary>
public sealed class PeerLinks : ILinks
{
    private readonly LinkOptions _options;
    private readonly LinkHandshake _handshake;
    private readonly ILinkReceiver _receiver;
    private readonly TimeProvider _time;
    private readonly LinkLog _log;
    private readonly SocketTransportFactory _listening;
    private readonly SocketConnectionContextFactory _sockets;
    private readonly LinkContext _context;
    private readonly CancellationTokenSource _stop = new();
    private readonly Lock _gate = new();
    private readonly Dictionary<LinkStream, Task> _serving = [];
    private Dictionary<Incarnation, Peer> _peers = [];
    private Incarnation _self;
    private Incarnation _newest;
    private Task _ended = Task.CompletedTask;
    private Task _accepting = Task.CompletedTask;
    private IConnectionListener? _listener;
    private int _hellos;
    private bool _disposed;

    public PeerLinks(
        LinkOptions options, NodeId name, ILinkCodec codec, ILinkReceiver receiver, TimeProvider time, ILoggerFactory loggers)
    {
        options.Check();
        _options = options;
        _receiver = receiver;
        _time = time;
        _log = new LinkLog(loggers.CreateLogger<PeerLinks>());
        _handshake = new LinkHandshake(options, name);
        _listening = new SocketTransportFactory(Options.Create(new SocketTransportOptions()), loggers);
        _sockets = new SocketConnectionContextFactory(
            new SocketConnectionFactoryOptions(), loggers.CreateLogger<SocketConnectionContextFactory>());
        _context = new LinkContext(options, _handshake, codec, receiver, time, _log, _sockets);
    }

    /// <summary>Connections that are open, in either direction.</summary>
    internal int Streams => _context.Streams;

    /// <summary>Accepted connections somebody works on.</summary>
    internal int Serving
    {
        get
        {
            lock (_gate)
            {
                return _serving.Count;
            }
        }
    }

    public async ValueTask<int> ListenAsync(CancellationToken cancellation = default)
    {
        if (_listener is not null)
        {
            throw new InvalidOperationException("The links listen already.");
        }

        var listener = await _listening.BindAsync(new IPEndPoint(_options.ListenAddress, _options.Port), cancellation).ConfigureAwait(false);
        _listener = listener;
        _log.Listening(listener.EndPoint);
        _accepting = AcceptAsync(listener);
        return ((IPEndPoint)listener.EndPoint).Port;
    }

    public void Follow(Incarnation self, IReadOnlyList<NodeRow> nodes)
    {
        lock (_gate)
        {
            if (_disposed)
            {
                return;
            }

            var wanted = self.IsNone ? [] : nodes.Where(node => node.Status is not NodeStatus.Dead && node.Incarnation != self).ToList();
            var next = new Dictionary<Incarnation, Peer>(wanted.Count);
            var fresh = new List<Peer>();
            foreach (var node in wanted)
            {
                var known = self == _self ? _peers.GetValueOrDefault(node.Incarnation) : null;
                next[node.Incarnation] = known ?? new Peer(self, node, _context);
                if (known is null)
                {
                    fresh.Add(next[node.Incarnation]);
                }
            }

            foreach (var node in nodes)
            {
                _newest = node.Incarnation > _newest ? node.Incarnation : _newest;
            }

            End([.. _peers.Values.Where(peer => !ReferenceEquals(next.GetValueOrDefault(peer.Incarnation), peer))], self == _self ? "it has left the view" : "this node lives another life");
            _self = self;
            Volatile.Write(ref _peers, next);
            fresh.ForEach(peer => peer.Start(_ended));
        }
    }

    public bool Send(Incarnation to, LinkFrame frame) => Find(to)?.Send(frame) ?? false;

    public bool IsUp(Incarnation peer) => Find(peer)?.IsUp ?? false;

    public long QueuedBytes(Incarnation peer) => Find(peer)?.QueuedBytes ?? 0;

    public async ValueTask DisposeAsync()
    {
        lock (_gate)
        {
            if (_disposed)
            {
                return;
            }

            _disposed = true;
            End([.. _peers.Values], "this node stops");
            Volatile.Write(ref _peers, []);
        }

        await _stop.CancelAsync().ConfigureAwait(false);
        if (_listener is not null)
        {
            await _listener.UnbindAsync().ConfigureAwait(false);
            await _accepting.ConfigureAwait(false);
            await _listener.DisposeAsync().ConfigureAwait(false);
        }

        Task[] serving;
        lock (_gate)
        {
            serving = [.. _serving.Values];
        }

        await _ended.ConfigureAwait(false);
        await Task.WhenAll(serving).ConfigureAwait(false);
        _sockets.Dispose();
        _stop.Dispose();
    }

    private Peer? Find(Incarnation peer) => Volatile.Read(ref _peers).GetValueOrDefault(peer);

    /// <summary>Elsewhere, because it waits for the receiver, and whoever calls here may hold what the receiver waits for.</summary>
    private void End(IReadOnlyList<Peer> peers, string why)
    {
        if (peers.Count > 0)
        {
            _ended = Task.WhenAll([_ended, .. peers.Select(peer => Task.Run(() => peer.StopAsync(why)))]);
        }
    }

    private async Task AcceptAsync(IConnectionListener listener)
    {
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                if (await listener.AcceptAsync(_stop.Token).ConfigureAwait(false) is not { } connection)
                {
                    return;
                }

                Serve(connection);
            }
            catch (OperationCanceledException)
            {
                return;
            }
            catch (Exception failure) when (failure is SocketException or IOException)
            {
                // Out of descriptors, say. To stop listening would cut this node off for good, and to try again at once would not help.
                _log.AcceptFailed(failure);
                await Task.Delay(_options.FirstRetry, _time, _stop.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    private void Serve(ConnectionContext connection)
    {
        var stream = _context.Open(connection);
        lock (_gate)
        {
            // Under the gate, so that it cannot be taken out before it is in.
            _serving.Add(stream, Task.Run(() => ServeAsync(stream, $"{(connection.RemoteEndPoint as IPEndPoint)?.Address}")));
        }
    }

    private async Task ServeAsync(LinkStream stream, string from)
    {
        await using (stream.ConfigureAwait(false))
        {
            if (await GreetAsync(stream, from).ConfigureAwait(false) is { } peer)
            {
                await peer.ReadAsync(stream).ConfigureAwait(false);
                stream.Abort("it is at its end");
            }
        }

        lock (_gate)
        {
            _serving.Remove(stream);
        }
    }

    /// <returns>Null: no link came of it. The stream may still have a refusal to send.</returns>
    private async Task<Peer?> GreetAsync(LinkStream stream, string from)
    {
        using var deadline = new CancellationTokenSource(_options.HelloTimeout, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, _stop.Token);
        try
        {
            if (Interlocked.Increment(ref _hellos) > _options.Hellos)
            {
                stream.Abort("too many say hello at once");
                return null;
            }

            Peer? peer = null;
            var hello = await _handshake.AnswerAsync(stream, hello => Admit(hello, out peer), either.Token).ConfigureAwait(false);
            _log.Admitted(from, hello.Name);
            return peer;
        }
        catch (LinkRefusedException refused)
        {
            _log.RefusedHere(from, refused);
        }
        catch (OperationCanceledException) when (deadline.IsCancellationRequested)
        {
            _log.RefusedHere(from, new LinkRefusedException(LinkRefusal.Slow));
            stream.Abort("the hello took too long");
        }
        catch (Exception fault) when (fault is IOException or OperationCanceledException)
        {
            // Came and went: a probe of the port, or this node stops.
            stream.Abort(fault.Message);
        }
        catch (Exception failure)
        {
            _log.AcceptFailed(failure);
            stream.Abort("it failed");
        }
        finally
        {
            Interlocked.Decrement(ref _hellos);
        }

        return null;
    }

    private LinkRefusal? Admit(LinkHello hello, out Peer? peer)
    {
        bool behind;
        lock (_gate)
        {
            peer = null;
            if (hello.From == _self)
            {
                return LinkRefusal.Oneself;
            }

            if (hello.Expected != _self || _self.IsNone)
            {
                return LinkRefusal.NotExpected;
            }

            peer = _peers.GetValueOrDefault(hello.From);
            behind = hello.From > _newest;
        }

        if (peer is null && behind)
        {
            _receiver.OnStranger(hello.From);
        }

        return peer is null ? LinkRefusal.NotInView : null;
    }
}
