using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Security.Authentication;
using Akka.Actor;
using Akka.Configuration;
using Akka.Event;
using Akka.Remote;
using Akka.Remote.Transport;

namespace Realtime.Node.Cluster.Remoting;

/// <summary>
/// Carries Akka's remoting over TCP, with mutual TLS where a <see cref="TransportTls"/> is set up. Instead of Akka's own transport, which ends the whole actor system when
/// the TLS handshake with a node that it dials fails, and that is what one sees of a node that is killed.
/// </summary>
public sealed class NodeTransport : Transport
{
    private static readonly TimeSpan SweepEvery = TimeSpan.FromSeconds(1);

    private readonly TimeProvider _time = TimeProvider.System;
    private readonly ConcurrentDictionary<NodeConnection, bool> _connections = new();
    private readonly TaskCompletionSource<IAssociationEventListener> _listener = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TransportSettings _settings;
    private readonly TransportTls? _tls;
    private readonly PendingConnections _pending;
    private readonly ILoggingAdapter _log;
    private Socket? _server;
    private ITimer? _sweep;
    private volatile Address? _address;

    /// <param name="config">As Akka's own transport has it.</param>
    public NodeTransport(ActorSystem system, Config config)
    {
        ArgumentNullException.ThrowIfNull(system);
        System = system;
        Config = config;
        SchemeIdentifier = "tcp";
        _settings = TransportSettings.Read(config);
        MaximumPayloadBytes = _settings.FrameBytes;
        var tls = system.Settings.Setup.Get<TransportTls>();
        _tls = tls.HasValue ? tls.Value : null;
        _pending = new PendingConnections(_settings.MostPending, _settings.ConnectTimeout, _time);
        _log = Logging.GetLogger(system, typeof(NodeTransport));
    }

    public override bool IsResponsibleFor(Address remote) => true;

    /// <exception cref="RemoteTransportException">The address cannot be listened on.</exception>
    public override async Task<(Address, TaskCompletionSource<IAssociationEventListener>)> Listen()
    {
        var address = await ResolveAsync(_settings.Host).ConfigureAwait(false);
        var server = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            server.Bind(new IPEndPoint(address, _settings.Port));
            server.Listen(_settings.Backlog);
        }
        catch (SocketException e)
        {
            server.Dispose();
            throw new RemoteTransportException($"Nodes cannot be listened to on {_settings.Host}:{_settings.Port}: {e.Message}", e);
        }

        _server = server;
        _address = AddressOf(_settings.PublicHost, _settings.PublicPort ?? ((IPEndPoint)server.LocalEndPoint!).Port);
        _sweep = _time.CreateTimer(_ => _pending.Sweep(), null, SweepEvery, SweepEvery);
        new Thread(() => Accept(server)) { IsBackground = true, Name = "cluster accept" }.Start();
        return (_address, _listener);
    }

    /// <exception cref="InvalidAssociationException">Nothing answers there, or no node.</exception>
    public override async Task<AssociationHandle> Associate(Address remoteAddress)
    {
        ArgumentNullException.ThrowIfNull(remoteAddress);
        var local = _address ?? throw new InvalidAssociationException("This node does not listen.");
        Socket? socket = null;
        try
        {
            using var deadline = new CancellationTokenSource(_settings.ConnectTimeout, _time);
            var address = await ResolveAsync(remoteAddress.Host).ConfigureAwait(false);
            socket = Prepare(new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp));
            await socket.ConnectAsync(new IPEndPoint(address, remoteAddress.Port ?? 0), deadline.Token).ConfigureAwait(false);
            return await DialAsync(local, remoteAddress, socket, deadline.Token).ConfigureAwait(false);
        }
        catch (Exception e) when (IsOfConnection(e) || e is OperationCanceledException)
        {
            socket?.Dispose();
            throw new InvalidAssociationException($"{remoteAddress} cannot be reached: {(e is OperationCanceledException ? "it does not answer" : e.Message)}");
        }
    }

    public override async Task<bool> Shutdown()
    {
        _server?.Dispose();
        if (_sweep is { } sweep)
        {
            await sweep.DisposeAsync().ConfigureAwait(false);
        }

        foreach (var connection in _connections.Keys)
        {
            connection.Disassociate("the node stops", _log);
        }

        var flushed = Task.WhenAll(_connections.Keys.Select(connection => connection.Ended));
        await Task.WhenAny(flushed, Task.Delay(_settings.FlushTimeout, _time)).ConfigureAwait(false);
        return flushed.IsCompleted;
    }

    private Task<AssociationHandle> DialAsync(Address local, Address remote, Socket socket, CancellationToken cancellation)
    {
        var dialled = new TaskCompletionSource<AssociationHandle>(TaskCreationOptions.RunContinuationsAsynchronously);
        var cut = cancellation.Register(socket.Dispose);
        new Thread(() =>
        {
            try
            {
                var stream = new NetworkStream(socket, ownsSocket: true);
                Stream secured = _tls is null ? stream : _tls.Dial(stream, remote.Host);
                if (!cut.Unregister())
                {
                    throw new IOException("it does not answer");
                }

                var connection = new NodeConnection(local, remote, socket, secured, _settings, _time);
                dialled.SetResult(connection);
                Run(connection, new FrameReader(secured), null);
            }
            catch (Exception e) when (IsOfConnection(e))
            {
                socket.Dispose();
                if (!dialled.TrySetException(e))
                {
                    _log.Debug("The connection to {0} was cut: {1}", remote, e.Message);
                }
            }
        }) { IsBackground = true, Name = "cluster read" }.Start();
        return dialled.Task;
    }

    private void Accept(Socket server)
    {
        while (true)
        {
            try
            {
                var socket = Prepare(server.Accept());
                new Thread(() => Welcome(socket)) { IsBackground = true, Name = "cluster read" }.Start();
            }
            catch (Exception e) when (e is SocketException { SocketErrorCode: not (SocketError.OperationAborted or SocketError.Interrupted or SocketError.InvalidArgument) })
            {
                // This one connection is gone already, or there are too many open files: the next one may come.
                _log.Warning("A connection of a node was not accepted: {0}", e.Message);
            }
            catch (Exception e) when (e is SocketException or ObjectDisposedException)
            {
                return;
            }
        }
    }

    /// <summary>Nothing is told to Akka of a connection before it has said who it is.</summary>
    private void Welcome(Socket socket)
    {
        var peer = socket.RemoteEndPoint as IPEndPoint;
        string? closed = null;
        var pending = _pending.Add(reason =>
        {
            Volatile.Write(ref closed, reason);
            socket.Dispose();
        });
        NodeConnection? connection = null;
        try
        {
            if (socket.Receive(new byte[1], SocketFlags.Peek) == 0)
            {
                // Somebody looked whether the port is open.
                return;
            }

            var stream = new NetworkStream(socket, ownsSocket: true);
            Stream secured = _tls is null ? stream : _tls.Accept(stream);
            var reader = new FrameReader(secured);
            var first = Introduction.Check(reader.Read(Introduction.MostBytes));
            if (!_pending.TryRemove(pending))
            {
                throw new IOException("it was closed");
            }

            if (first is not null && peer is not null && _listener.Task.Wait(_settings.ConnectTimeout))
            {
                connection = new NodeConnection(_address!, AddressOf(peer.Address.ToString(), peer.Port), socket, secured, _settings, _time);
                _listener.Task.Result.Notify(new InboundAssociation(connection));
                Run(connection, reader, first);
            }
        }
        catch (Exception e) when (connection is null || e is InvalidDataException)
        {
            // Whatever a stranger brings about, the thread ends with this one line.
            _log.Warning("A connection from {0} to the port for nodes was closed: {1}", peer, Volatile.Read(ref closed) ?? e.Message);
        }
        catch (Exception e) when (IsOfConnection(e))
        {
            _log.Debug("The connection from {0} was cut: {1}", peer, e.Message);
        }
        finally
        {
            _pending.TryRemove(pending);
            socket.Dispose();
        }
    }

    private void Run(NodeConnection connection, FrameReader reader, Google.Protobuf.ByteString? first)
    {
        _connections.TryAdd(connection, true);
        try
        {
            connection.Run(reader, first);
        }
        finally
        {
            _connections.TryRemove(connection, out _);
        }
    }

    private Socket Prepare(Socket socket)
    {
        socket.NoDelay = true;
        socket.SendBufferSize = _settings.SendBuffer;
        socket.ReceiveBufferSize = _settings.ReceiveBuffer;
        socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.KeepAlive, true);
        return socket;
    }

    private Address AddressOf(string host, int port) =>
        new(SchemeIdentifier, System.Name, host.Contains(':', StringComparison.Ordinal) && host[0] != '[' ? $"[{host}]" : host, port);

    private static async Task<IPAddress> ResolveAsync(string host)
    {
        if (IPAddress.TryParse(host, out var address))
        {
            return address;
        }

        var found = await Dns.GetHostAddressesAsync(host).ConfigureAwait(false);
        return found.FirstOrDefault(one => one.AddressFamily is AddressFamily.InterNetwork) ?? found[0];
    }

    /// <summary>What the other side, or the way to it, can bring about.</summary>
    private static bool IsOfConnection(Exception e) =>
        e is IOException or SocketException or AuthenticationException or InvalidDataException or ObjectDisposedException;
}
