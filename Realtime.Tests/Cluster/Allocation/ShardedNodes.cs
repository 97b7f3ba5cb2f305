using System.Globalization;
using Realtime.Messages.Cluster;
using Realtime.Messages.Ids;
using Realtime.Node.Cluster.Allocation;
using Realtime.Node.Cluster.Core;
using Realtime.Tests.Support;

namespace Realtime.Tests.Cluster.Allocation;

/// <summary>Several nodes in one process, over remoting on loopback.</summary>
internal sealed class ShardedNodes : IAsyncDisposable
{
    private readonly List<ShardedNode> _nodes = [];
    private long _incarnations;

    /// <summary>An entity in each shard.</summary>
    public static IReadOnlyList<string> Ids { get; } =
    [
        .. Enumerable.Range(0, 10_000).Select(number => number.ToString(CultureInfo.InvariantCulture))
            .DistinctBy(EntityShards.Number).OrderBy(EntityShards.Number),
    ];

    public IReadOnlyList<ShardedNode> All => _nodes;

    public ShardedNode this[int index] => _nodes[index];

    public static async Task<ShardedNodes> StartAsync(int count)
    {
        var nodes = new ShardedNodes();
        for (var number = 0; number < count; number++)
        {
            await nodes.AddAsync($"n{number}");
        }

        await nodes[0].UseAllShardsAsync();
        await nodes.AreInBalanceAsync();
        return nodes;
    }

    public async Task<ShardedNode> AddAsync(string name, int capacity = 25_000)
    {
        var node = await ShardedNode.StartAsync(name, ++_incarnations, _nodes.FirstOrDefault(), capacity);
        _nodes.Add(node);
        return node;
    }

    /// <summary>It is not asked any more.</summary>
    public void Forget(ShardedNode node) => _nodes.Remove(node);

    public ShardedNode Named(string name) => _nodes.First(node => node.Node.Name == name);

    public Task AreInBalanceAsync() => IsSeenAsync(
        cluster => ShardKinds.All.All(kind => cluster.Members.Where(member => member.TakesShards).Select(member => CountOf(member, kind)).ToList() is { Count: > 0 } counts &&
            counts.Sum() == EntityShards.Count && counts.Max() - counts.Min() <= 1),
        "the shards to be in balance");

    /// <summary>Every node sees it.</summary>
    public async Task IsSeenAsync(Func<ClusterSnapshot, bool> condition, string what)
    {
        foreach (var node in _nodes)
        {
            await Soon.IsTrueAsync(() => condition(node.Map.Current), $"{what}, as {node.Node} sees it: {TextOf(node.Map.Current)}");
        }
    }

    /// <summary>Every node sees that one holds as many shards as it should, of both kinds.</summary>
    public Task HoldsAsync(string node, Func<int, bool> condition, string what) => IsSeenAsync(
        cluster => cluster.Find(new NodeId(node)) is { } member && ShardKinds.All.All(kind => condition(CountOf(member, kind))), $"{node} to hold {what}");

    public static int CountOf(MemberSnapshot member, EntityKind kind) => member.Row?.Shards(kind).Count ?? 0;

    public async ValueTask DisposeAsync()
    {
        foreach (var node in _nodes)
        {
            await node.DisposeAsync();
        }
    }

    private static string TextOf(ClusterSnapshot cluster) => string.Join("; ", cluster.Members.Select(member =>
        $"{member.Node} {member.Standing} {CountOf(member, EntityKind.Session)}+{CountOf(member, EntityKind.Channel)}{(member.IsDraining ? " draining" : "")}"));
}
