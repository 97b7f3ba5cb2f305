using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Logging;
using Realtime.Messages.Ids;
using Realtime.Node.Configuration;
using Realtime.Node.Persistence.Store;
using Realtime.Node.Telemetry.Metrics;
using LinkOptions = Realtime.Cluster.Links.LinkOptions;

namespace Realtime.Node.Hosting;

/// <summary>
/// Makes this node a member of a cluster: opens the listener for peers first, because its port goes into the node's row, and joins when entities and
/// connections are ready to be reached.
/// </summary>
internal sealed class ClusterMember : IAsyncDisposable
{
    /// <summary>Version of what nodes say to each other.</summary>
    private const int Protocol = 1;

    private readonly ClusterSettings _settings;
    private readonly IClusterStore _store;
    private readonly TimeProvider _time;
    private readonly ILoggerFactory _loggers;
    private readonly Func<int> _connections;
    private readonly MemberFigures _figures;
    private readonly PeerLinks _links;
    private NodeMembership? _membership;

    public ClusterMember(
        NodeId self, ClusterSettings settings, IClusterStore store, StoreIdentity identity, TimeProvider time, ILoggerFactory loggers, Func<int> connections,
        NodeFigures figures)
    {
        _settings = settings;
        _store = store;
        _time = time;
        _loggers = loggers;
        _connections = connections;
        Engine = new ClusterEngine(self, settings.Shards, ClusterPace.Default, time, loggers.CreateLogger<ClusterEngine>(), connections)
        {
            Figures = _figures = figures.Member,
        };
        var options = new LinkOptions(identity.StoreId, SecretOf(settings, identity))
        {
            ListenAddress = AddressOf(settings.PeerAddress),
            Port = settings.PeerPort,
            ProtocolMin = Protocol,
            ProtocolMax = Protocol,
            Figures = figures.Links,
        };
        _links = new PeerLinks(options, self, new LinkCodec(), Engine, time, loggers);
        ClusterGauges.Register(figures.Meter, Engine);
    }

    public ClusterEngine Engine { get; }

    /// <exception cref="ListenFaultException">The port for other nodes cannot be listened on.</exception>
    /// <exception cref="NameInUseException">Another process lives under this node's name.</exception>
    /// <exception cref="StoreFaultException">The store's cluster is not this node's.</exception>
    /// <exception cref="StoreUnavailableException">The store cannot answer.</exception>
    public async Task JoinAsync(CancellationToken cancellation)
    {
        var listening = await ListenAsync(cancellation).ConfigureAwait(false);
        var port = _settings.PeerAdvertisedPort > 0 ? _settings.PeerAdvertisedPort : listening;
        var profile = new NodeProfile(
            Engine.Self, default, $"{_settings.PeerHost}:{port}", _settings.ClientUrl, _settings.Zone, _settings.Capacity, Protocol);
        var timers = new MembershipTimers(_settings.Heartbeat);
        _membership = new NodeMembership(
            _store, profile, new ClusterCharter(_settings.Shards, Protocol), timers, _time, _loggers, Engine, _connections, _figures);
        Engine.Use(_membership, _links, timers);
        await _membership.StartAsync(cancellation).ConfigureAwait(false);
        await Engine.JoinedAsync(cancellation).ConfigureAwait(false);
    }

    private async Task<int> ListenAsync(CancellationToken cancellation)
    {
        try
        {
            return await _links.ListenAsync(cancellation).ConfigureAwait(false);
        }
        catch (Exception fault) when (fault is SocketException or AddressInUseException)
        {
            throw new ListenFaultException(new ListeningAddress(_settings.PeerAddress, _settings.PeerPort, "--peer-port"), fault);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await Engine.DisposeAsync().ConfigureAwait(false);
        if (_membership is { } membership)
        {
            await membership.DisposeAsync().ConfigureAwait(false);
        }

        await _links.DisposeAsync().ConfigureAwait(false);
    }

    /// <summary>
    /// Whoever can read the store's token keys is trusted as a node anyhow; a configured secret is needed on top of that.
    /// </summary>
    private static byte[] SecretOf(ClusterSettings settings, StoreIdentity identity) => HKDF.DeriveKey(
        HashAlgorithmName.SHA256,
        identity.TokenKeys[identity.TokenKeys.Keys.Min()],
        32,
        Encoding.UTF8.GetBytes(settings.Secret ?? ""),
        "realtime links"u8.ToArray());

    private static IPAddress AddressOf(string address) => address switch
    {
        "*" => IPAddress.Any,
        "localhost" => IPAddress.Loopback,
        _ => IPAddress.Parse(address),
    };
}
