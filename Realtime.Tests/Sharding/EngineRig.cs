using Realtime.Cluster.Journal;
using Realtime.Cluster.Sharding;
using Realtime.Messages.Entities;
using Realtime.Messages.Ids;
using Realtime.Tests.Journal;
using Realtime.Tests.Support;

namespace Realtime.Tests.Sharding;

/// <summary>A cluster of engines on one store for tests of what operators do.</summary>
internal sealed class EngineRig(IClusterStore store) : IAsyncDisposable
{
    public const int Shards = 32;

    private readonly List<EngineNode> _nodes = [];

    public Wires Wires { get; } = new();

    public Witness Witness { get; } = new();

    public async Task<EngineNode> JoinAsync(string name)
    {
        var node = new EngineNode(name, store, Wires, Witness, Shards);
        _nodes.Add(node);
        await node.JoinAsync();
        return node;
    }

    /// <summary>Nodes that see each other, with every shard where it belongs.</summary>
    public async Task<EngineNode[]> JoinAllAsync(params string[] names)
    {
        var nodes = new List<EngineNode>();
        foreach (var name in names)
        {
            nodes.Add(await JoinAsync(name));
        }

        await SettledAsync([.. nodes]);
        return [.. nodes];
    }

    /// <summary>Every shard is where the plan has it or where it is held, as every node sees it; and all links stand.</summary>
    public static Task SettledAsync(params EngineNode[] nodes) => Deadline.Until(
        () => nodes.All(node => node.Engine.View.Nodes.Length == nodes.Length
            && node.Steering.Links.All(link => link.Up)
            && node.Engine.View.Shards.All(row => nodes.Any(owner => owner.Self == row.Owner
                && (owner.Steering.Held.Contains(row.Shard) || node.Steering.PlannedOwner(row.Shard) == owner.Name)))),
        "the shards to be where they belong");

    /// <summary>By the store: what nodes are told of it takes a moment.</summary>
    public async Task<int> OwnedAsync(EngineNode node) =>
        (await store.ViewAsync(0, TestContext.Current.CancellationToken)).Shards.Count(row => row.Owner == node.Self);

    /// <summary>By the store.</summary>
    public async Task<NodeStatus> StatusAsync(EngineNode node) =>
        (await store.FindAsync(node.Name, TestContext.Current.CancellationToken))!.Status;

    public static ShardId ShardOf(EngineNode node) => node.Engine.View.Shards.First(row => row.Owner == node.Self).Shard;

    /// <summary>An entity in memory on a node.</summary>
    public static async Task<EntityAddress> WakeAsync(EngineNode node, ShardId? shard = null)
    {
        var view = node.Engine.View;
        var address = Enumerable.Range(0, 10_000).Select(i => new EntityAddress(EntityKind.Channel, $"tally:{i}"))
            .First(address => view[view.ShardOf(address)].Owner == node.Self && view.ShardOf(address) == (shard ?? view.ShardOf(address)));
        await AskAsync(node, address, $"waker-{node.Name}");
        return address;
    }

    public static async Task<ChannelReply.Published> AskAsync(EngineNode node, EntityAddress address, string name)
    {
        var answer = new OneAnswer();
        node.Engine.Ask(
            address, new ChannelRequest.Publish(default, default, null) { Producer = ProducerId.FromStore(name), Sequence = 1 }, answer, 1);
        return (await answer.Came.Task.Within($"the answer of {address}")).ShouldBeOfType<ChannelReply.Published>();
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var node in _nodes)
        {
            await node.DisposeAsync();
        }
    }
}
