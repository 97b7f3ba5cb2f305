using Akka.Actor;
using Akka.Hosting;
using Microsoft.Extensions.Logging.Abstractions;
using Realtime.Messages.Cluster;
using Realtime.Messages.Ids;
using Realtime.Node.Cluster;
using Realtime.Node.Cluster.Allocation;
using Realtime.Node.Cluster.Core;
using Realtime.Node.Persistence.Serialization;
using Realtime.Tests.Support;

namespace Realtime.Tests.Cluster.Allocation;

/// <summary>
/// An actor system as a node has it, with regions of both kinds whose entities keep nothing. Messages to them are text, <c>id|anything</c>; they
/// answer with the name of their node.
/// </summary>
internal sealed class ShardedNode : IAsyncDisposable
{
    /// <summary>Its end is not announced, and the test declares it dead.</summary>
    private const string Killable = """
        akka.coordinated-shutdown.run-by-actor-system-terminate = off
        akka.cluster.downing-provider-class = ""
        """;

    private readonly NodeActorSystem _actors;

    private ShardedNode(NodeId node, NodeActorSystem actors, ClusterMap map, ClusterPlans plans, NodeState state, CollectedLog log) =>
        (Node, _actors, Map, Plans, State, Log) = (node, actors, map, plans, state, log);

    public NodeId Node { get; }

    public ClusterMap Map { get; }

    public ClusterPlans Plans { get; }

    public NodeState State { get; }

    /// <summary>Of its map and plans.</summary>
    public CollectedLog Log { get; }

    public ActorSystem System => _actors.System;

    public Akka.Cluster.Cluster Cluster => Akka.Cluster.Cluster.Get(System);

    /// <param name="seed">Null founds a cluster.</param>
    public static async Task<ShardedNode> StartAsync(string name, long incarnation, ShardedNode? seed, int capacity = 25_000)
    {
        var map = new ClusterMap();
        var plans = new ClusterPlans(map);
        var state = new NodeState();
        var log = new CollectedLog();
        var node = new NodeId(name);
        var lighthouse = capacity == 0;
        var settings = ActorSystemSettings.Alone with { Roles = [lighthouse ? "lighthouse" : ActorSystemSettings.NodeRole] };
        var actors = await NodeActorSystem.StartAsync(
            NullLoggerFactory.Instance,
            akka =>
            {
                akka.WithRealtimeCluster(settings, new DeadLetterCounts(), NullLoggerFactory.Instance);
                akka.AddHocon(TestHocon.Silent + SerializationConfig.Hocon + Killable, HoconAddMode.Prepend);
                if (!lighthouse)
                {
                    akka.WithActors(async (system, registry) =>
                    {
                        registry.Register<SessionKey>(await RegionAsync(system, EntityKind.Session, name, map, plans, state));
                        registry.Register<ChannelKey>(await RegionAsync(system, EntityKind.Channel, name, map, plans, state));
                    });
                }

                akka.WithClusterMap(
                    map,
                    plans,
                    new NodeSelf(node, new Incarnation(incarnation), "1.0", $"ws://{name}.test", capacity, state),
                    registry => lighthouse ? new Dictionary<EntityKind, IActorRef>() : new Dictionary<EntityKind, IActorRef>
                    {
                        [EntityKind.Session] = registry.Get<SessionKey>(),
                        [EntityKind.Channel] = registry.Get<ChannelKey>(),
                    },
                    TimeProvider.System,
                    log);
            },
            CancellationToken.None).Within($"{name} to start");
        var started = new ShardedNode(node, actors, map, plans, state, log);
        await started.Cluster.JoinAsync((seed ?? started).Cluster.SelfAddress).Within($"{name} to join");
        return started;
    }

    public IActorRef RegionOf(EntityKind kind) => kind is EntityKind.Session ? _actors.Actors.Get<SessionKey>() : _actors.Actors.Get<ChannelKey>();

    /// <summary>The node where an entity lives.</summary>
    public async Task<string> AskAsync(EntityKind kind, string id)
    {
        while (true)
        {
            try
            {
                return await RegionOf(kind).Ask<string>($"{id}|where", TimeSpan.FromSeconds(2));
            }
            catch (AskTimeoutException)
            {
                // Sharding delivers at most once while a shard moves: who asks an entity asks again.
            }
        }
    }

    /// <summary>Uses every shard of both kinds, so that each has a node.</summary>
    public async Task UseAllShardsAsync()
    {
        foreach (var kind in ShardKinds.All)
        {
            await Task.WhenAll(ShardedNodes.Ids.Select(id => AskAsync(kind, id))).Within("all shards to answer");
        }
    }

    /// <summary>As a process does at SIGTERM, without what comes before.</summary>
    public Task StopAsync() => _actors.StopAsync().Within($"{Node} to stop");

    /// <summary>Without a word to the others, which declare it dead.</summary>
    public async Task KillAsync(ShardedNode survivor)
    {
        var address = Cluster.SelfAddress;
        await System.Terminate().Within($"{Node} to end");
        survivor.Cluster.Down(address);
    }

    public ValueTask DisposeAsync() => _actors.DisposeAsync();

    private static Task<IActorRef> RegionAsync(ActorSystem system, EntityKind kind, string node, ClusterMap map, ClusterPlans plans, NodeState state) =>
        EntityRegion.StartAsync<string>(
            system,
            kind.Name(),
            _ => Props.Create(() => new Echo(node)),
            message => message.Split('|')[0],
            map.AllocationOf(kind, plans, state, TimeProvider.System)(system),
            PoisonPill.Instance);

    public sealed class NodeState : INodeLoad, IStoreOutage
    {
        public bool IsOut { get; set; }

        public int Connections => 7;

        public string? OperatorUrl => null;
    }

    private sealed class Echo(string node) : EntityActor
    {
        protected override void OnReceive(object message) => Sender.Tell(node);
    }

    private sealed class SessionKey;

    private sealed class ChannelKey;
}
