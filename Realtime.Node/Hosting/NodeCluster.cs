using Akka.Actor;
using Akka.Cluster.Sharding;
using Akka.Hosting;
using Realtime.Messages.Cluster;
using Realtime.Messages.Ids;
using Realtime.Node.Auth;
using Realtime.Node.Channels;
using Realtime.Node.Cluster;
using Realtime.Node.Cluster.Allocation;
using Realtime.Node.Connections;
using Realtime.Node.Gateway;
using Realtime.Node.Gateway.Core;
using Realtime.Node.Hosting.Configuration;
using Realtime.Node.Operations;
using Realtime.Node.Persistence.Journal;
using Realtime.Node.Sessions;

namespace Realtime.Node.Hosting;

/// <summary>This node among the others: the picture of the cluster, what is wanted of the shards, and where clients may go.</summary>
internal sealed class NodeCluster : INodeLoad, IStoreOutage
{
    private readonly NodeSettings _settings;
    private readonly Journals _journals;
    private readonly ClusterStanding _standing;
    private readonly TimeProvider _time;
    private readonly ILoggerFactory _loggers;
    private readonly CurrentPlaces _places;
    private ClientConnections? _clients;
    private Mover? _mover;

    public NodeCluster(NodeSettings settings, Journals journals, ClusterStanding standing, TimeProvider time, ILoggerFactory loggers)
    {
        (_settings, _journals, _standing, _time, _loggers) = (settings, journals, standing, time, loggers);
        Map = new ClusterMap(time);
        Plans = new ClusterPlans(Map);
        _places = new CurrentPlaces(Map, time);
    }

    public ClusterMap Map { get; }

    public ClusterPlans Plans { get; }

    /// <summary>Null before the connections have started.</summary>
    public Mover? Mover => _mover;

    public string? OperatorUrl { get; set; }

    public int Connections => _clients?.Count ?? 0;

    public bool IsOut => _journals.All.Any(journal => journal.State.Breaker is BreakerState.Open);

    /// <summary>Whether another node takes what this one gives away.</summary>
    public bool HasOtherNodes => _settings.Role is ProgramRole.Node && Map.Current is var cluster && cluster.Members.Any(member => member.Key != cluster.Self?.Key && member.TakesShards);

    /// <summary>Asked once a second: keeps readiness up to date with what operators want of this node.</summary>
    /// <returns>Whether they want it empty and its shards are with others.</returns>
    private bool FollowDrain()
    {
        var self = Map.Current.Self;
        _standing.IsDrained = self?.IsDrained is true;
        return self is { IsDrained: true, Row: { SessionShards.IsEmpty: true, ChannelShards.IsEmpty: true } };
    }

    /// <summary>What operators see of it.</summary>
    public OperatedCluster Operated(DeadLetterCounts deadLetters, Func<ActorSystem> system) =>
        new(Map, Plans, _journals.Store.Members, () => _mover?.Snapshot ?? MoveSnapshot.Nothing, deadLetters, system);

    /// <summary>Where clients can be sent now.</summary>
    public ClientPlaces Places() => _places.Now();

    /// <summary>Where shards of this kind belong.</summary>
    public Func<ActorSystem, IShardAllocationStrategy> AllocationOf(EntityKind kind) => Map.AllocationOf(kind, Plans, this, _time);

    /// <summary>The map, which comes after the regions and before the node joins.</summary>
    public void AddMap(AkkaConfigurationBuilder akka, Incarnation incarnation) => akka.WithClusterMap(
        Map,
        Plans,
        new NodeSelf(_settings.Node, incarnation, NodeVersion.Text, _settings.ClientUrl, _settings.Capacity, this),
        registry => _settings.Role is ProgramRole.Lighthouse ? [] : new Dictionary<EntityKind, IActorRef>
        {
            [EntityKind.Session] = registry.Get<SessionRegion>(),
            [EntityKind.Channel] = registry.Get<ChannelRegion>(),
        },
        _time,
        _loggers);

    /// <summary>The mover, which comes after the connections.</summary>
    public void AddMover(AkkaConfigurationBuilder akka, Func<(ClientConnections Clients, Admission Admission, ConnectTickets Tickets)> started) => akka.WithMover(
        () =>
        {
            var (clients, admission, tickets) = started();
            _clients = clients;
            return new MoverSetup(_settings.Node, clients, tickets, admission, Places, _time, _loggers.CreateLogger<Mover>())
            {
                Policy = new MovePolicy { PeerRate = _settings.Admission.Resumes },
                LeastCrashWindow = _settings.Connections.CrashWindow,
                IsDrained = FollowDrain,
                DrainWindow = _settings.DrainWindow,
            };
        },
        mover => _mover = mover);

    /// <summary>Gives all shards of this node to others. Ends when it holds none, or when none takes them.</summary>
    public Task<LeaveEnd> GiveShardsAwayAsync(CancellationToken deadline) => Plans.GiveAwayAsync(deadline);

    /// <summary>Sends all clients to other nodes.</summary>
    public Task MoveAwayAsync(TimeSpan window, CancellationToken cancellation) => _mover?.DrainAsync(window, cancellation) ?? Task.CompletedTask;
}
