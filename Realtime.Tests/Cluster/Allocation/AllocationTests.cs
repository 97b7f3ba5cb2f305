using Realtime.Messages.Cluster;
using Realtime.Messages.Ids;
using Realtime.Node.Cluster.Allocation;
using Realtime.Tests.Support;

namespace Realtime.Tests.Cluster.Allocation;

/// <summary>Nodes that come and go.</summary>
[Collection(ActorSystems.Name)]
public sealed class AllocationTests
{
    [Fact]
    public async Task A_node_that_is_about_to_end_gives_all_its_shards_away_and_is_forgotten_when_it_has_left()
    {
        await using var nodes = await ShardedNodes.StartAsync(2);
        var stopping = nodes[0];

        (await stopping.Plans.GiveAwayAsync(CancellationToken.None).Within("n0 to be empty")).ShouldBe(LeaveEnd.Empty);

        stopping.Map.Current.Self!.Row!.SessionShards.IsEmpty.ShouldBeTrue();
        await nodes.HoldsAsync("n1", shards => shards == EntityShards.Count, "everything");
        nodes.Forget(stopping);
        await stopping.StopAsync();
        await Soon.IsTrueAsync(() => nodes[0].Map.Current.Members.Count == 1, "n0 to be gone");
        await Soon.IsTrueAsync(() => nodes[0].Plans.Current.Stopping.Count == 0, "its plan to be gone");
        (await nodes[0].Plans.GiveAwayAsync(CancellationToken.None)).ShouldBe(LeaveEnd.NoOtherNode);
        await stopping.DisposeAsync();
    }

    /// <summary>Whoever sends clients to nodes takes one that says nothing for some seconds for dead.</summary>
    [Fact]
    public async Task A_node_that_is_alone_says_what_it_is_all_the_time_and_knows_its_own_shards()
    {
        await using var nodes = await ShardedNodes.StartAsync(1);
        await nodes.HoldsAsync("n0", shards => shards == EntityShards.Count, "everything");
        var number = nodes[0].Map.Current.Self!.Row!.Number;

        // With a census every five seconds, which is enough for its shards, the deadline would be over.
        await Soon.IsTrueAsync(() => nodes[0].Map.Current.Self!.Row!.Number > number + 8, "further rows");
    }

    [Fact]
    public async Task A_drain_goes_on_when_the_node_of_the_coordinator_is_killed_in_the_middle_of_it()
    {
        await using var nodes = await ShardedNodes.StartAsync(3);
        var drain = nodes[2].Plans.GiveAwayAsync(CancellationToken.None);
        await Soon.IsTrueAsync(
            () => nodes[1].Map.Current.Find(new NodeId("n2"))?.Row?.SessionShards.Count is < 80 and > 0, "the drain to be under way");

        var killed = nodes[0];
        nodes.Forget(killed);
        await killed.KillAsync(nodes[0]);

        (await drain.Within("n2 to be empty")).ShouldBe(LeaveEnd.Empty);
        await nodes[0].UseAllShardsAsync();
        await nodes.HoldsAsync("n1", shards => shards == EntityShards.Count, "everything");
        await killed.DisposeAsync();
    }

    [Fact]
    public async Task A_node_that_was_drained_is_drained_when_it_is_started_again()
    {
        await using var nodes = await ShardedNodes.StartAsync(2);
        (await nodes[0].Plans.DrainAsync(new NodeId("n1"))).ShouldBe(PlanAnswer.Accepted);
        await nodes.HoldsAsync("n1", shards => shards == 0, "nothing");
        var before = nodes[1];
        nodes.Forget(before);
        await before.StopAsync();
        await before.DisposeAsync();

        var again = await nodes.AddAsync("n1");

        await nodes.IsSeenAsync(cluster => cluster.Find(new NodeId("n1")) is { IsDrained: true, Incarnation.Value: 3 }, "n1 drained");
        (await nodes[0].Plans.UndrainAsync(new NodeId("n1"))).ShouldBe(PlanAnswer.Accepted);
        await nodes.AreInBalanceAsync();
    }

    [Fact]
    public async Task While_balance_is_paused_a_new_node_gets_nothing_of_what_others_hold()
    {
        await using var nodes = await ShardedNodes.StartAsync(1);
        (await nodes[0].Plans.PauseAsync(TimeProvider.System.GetUtcNow().AddHours(1))).ShouldBe(PlanAnswer.Accepted);
        await nodes.AddAsync("n1", capacity: 50_000);
        await nodes.IsSeenAsync(cluster => cluster.Find(new NodeId("n1")) is { TakesShards: true }, "n1 ready for shards");

        // A move that was asked for later is done, so rounds have gone by.
        (await nodes[0].Plans.MoveAsync(EntityKind.Session, new ShardId(9), new NodeId("n1"))).ShouldBe(PlanAnswer.Accepted);
        await nodes.IsSeenAsync(cluster => cluster.OwnerOf(EntityKind.Session, new ShardId(9))?.Node?.Name == "n1", "the shard at its target");
        nodes[1].Map.Current.Self!.Row!.SessionShards.Count.ShouldBe(1);

        (await nodes[0].Plans.ResumeAsync()).ShouldBe(PlanAnswer.Accepted);
        await nodes.HoldsAsync("n1", shards => shards is >= 170 and <= 172, "its share by capacity");
    }

    [Fact]
    public async Task Nothing_is_promised_while_most_nodes_are_out_of_reach()
    {
        await using var nodes = await ShardedNodes.StartAsync(3);
        var others = new[] { nodes[1], nodes[2] };
        foreach (var node in others)
        {
            nodes.Forget(node);
            await node.System.Terminate().Within($"{node.Node} to end");
        }

        (await nodes[0].Plans.PauseAsync(TimeProvider.System.GetUtcNow().AddHours(1))).ShouldBe(PlanAnswer.Unavailable);
        foreach (var node in others)
        {
            await node.DisposeAsync();
        }
    }
}
