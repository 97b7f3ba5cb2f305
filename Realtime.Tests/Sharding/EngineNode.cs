using Microsoft.Extensions.Logging.Abstractions;
using Realtime.Cluster.Journal;
using Realtime.Cluster.Links;
using Realtime.Cluster.Membership;
using Realtime.Cluster.Sharding;
using Realtime.Messages.Ids;
using Realtime.Tests.Support;

namespace Realtime.Tests.Sharding;

/// <summary>One node of a cluster in this process: a real engine and membership on a shared store.</summary>
internal sealed class EngineNode : IAsyncDisposable
{
    private static readonly MembershipTimers Timers = new(TimeSpan.FromMilliseconds(500));
    private readonly ILinks _links;
    private readonly NodeMembership _membership;

    public EngineNode(string name, IClusterStore store, Wires wires, Witness witness, int shards)
    {
        Name = new NodeId(name);
        Engine = new ClusterEngine(
            Name, shards, new ClusterPace(4, TimeSpan.Zero), TimeProvider.System, NullLogger<ClusterEngine>.Instance, () => 0);
        Engine.Register(new TallyKind(witness));
        Engine.ShardsAdopted += adopted => Adopted.AddRange(adopted);
        Engine.OwnersChanged += change => Changes++;
        _links = wires.Of(Name, Engine);
        var profile = new NodeProfile(Name, default, $"{name}:1", null, null, 100, 1);
        _membership = new NodeMembership(
            store, profile, new ClusterCharter(shards, 1), Timers, TimeProvider.System, NullLoggerFactory.Instance, Engine, () => 0);
        Engine.Use(_membership, _links, Timers);
    }

    public NodeId Name { get; }

    public ClusterEngine Engine { get; }

    public List<ShardId> Adopted { get; } = [];

    public int Changes { get; private set; }

    public IClusterSteering Steering => Engine;

    public Incarnation Self => _membership.Self;

    public int Owned => Engine.View.Shards.Count(row => row.Owner == _membership.Self);

    public async Task JoinAsync()
    {
        await _membership.StartAsync(TestContext.Current.CancellationToken).Within($"{Name} to join");
        await Engine.JoinedAsync(TestContext.Current.CancellationToken).Within($"{Name} to be told that it joined");
    }

    /// <summary>As seen from others: it falls silent, and its streams break.</summary>
    public async ValueTask DisposeAsync()
    {
        await Engine.DisposeAsync();
        await _membership.DisposeAsync();
        await _links.DisposeAsync();
    }
}
