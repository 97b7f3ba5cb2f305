using Realtime.Messages.Cluster;
using Realtime.Messages.Ids;
using Realtime.Node.Cluster.Allocation;
using Realtime.Tests.Support;

namespace Realtime.Tests.Cluster.Allocation;

/// <summary>Several actor systems with regions of both kinds.</summary>
[Collection(ActorSystems.Name)]
public sealed class AllocationTests
{
    [Fact]
    public async Task Shards_of_both_kinds_spread_over_the_nodes_and_every_node_knows_who_holds_which()
    {
        await using var nodes = await ShardedNodes.StartAsync(3);

        foreach (var id in ShardedNodes.Ids.Take(20))
        {
            var shard = new ShardId(EntityShards.Number(id));
            foreach (var kind in ShardKinds.All)
            {
                var owner = await nodes[1].AskAsync(kind, id);
                await nodes.IsSeenAsync(cluster => cluster.OwnerOf(kind, shard)?.Node?.Name == owner, $"{kind} shard {shard} on {owner}");
            }
        }
    }

    [Fact]
    public async Task Time_it()
    {
        await using var nodes = await ShardedNodes.StartAsync(3);
        var begun = TimeProvider.System.GetTimestamp();
        var end = await nodes[2].Plans.GiveAwayAsync(CancellationToken.None).Within("drain");
        throw new InvalidOperationException($"{end} {TimeProvider.System.GetElapsedTime(begun)}");
    }
}
