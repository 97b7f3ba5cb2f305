using Akka.Actor;
using Akka.DistributedData;
using Realtime.Messages.Cluster;
using Realtime.Messages.Ids;
using Realtime.Node.Cluster.Allocation;
using Realtime.Node.Cluster.Core;
using Realtime.Node.Telemetry;
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
        (await stopping.Log.LineAsync(LogEvents.GivingShardsAway)).Text.ShouldBe("Shards: n0 gives 128 session and 128 channel shards to other nodes, because its process is about to end");
        (await stopping.Log.LineAsync(LogEvents.ShardsGivenAway)).Text.ShouldStartWith("Shards: n0 has given 128 session and 128 channel shards to other nodes, in ");
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
    public async Task Of_two_nodes_that_ask_for_leave_at_once_one_stays_until_the_other_has_gone()
    {
        await using var nodes = await ShardedNodes.StartAsync(2);
        var both = nodes.All.ToList();

        var answers = await Task.WhenAll(both.Select(node => node.Plans.LeaveAsync(node.Node))).Within("both answers");

        answers.ShouldBe([PlanAnswer.Accepted, PlanAnswer.LastNode], ignoreOrder: true);
        var (leaver, other) = answers[0] is PlanAnswer.Accepted ? (both[0], both[1]) : (both[1], both[0]);
        (await leaver.Plans.GiveAwayAsync(CancellationToken.None).Within("the leaver to be empty")).ShouldBe(LeaveEnd.Empty);
        nodes.Forget(leaver);
        await leaver.StopAsync();
        await leaver.DisposeAsync();
        await Soon.IsTrueAsync(() => other.Map.Current.Members.Count == 1, "the leaver to be gone");
        (await other.Plans.LeaveAsync(other.Node)).ShouldBe(PlanAnswer.Accepted, "it is alone");
    }

    [Fact]
    public async Task A_node_that_was_told_to_leave_right_after_the_other_one_was_drained_stays()
    {
        await using var nodes = await ShardedNodes.StartAsync(2);

        // No node waits for the other one's picture to show it.
        (await nodes[0].Plans.DrainAsync(nodes[1].Node)).ShouldBe(PlanAnswer.Accepted);
        (await nodes[0].Plans.LeaveAsync(nodes[0].Node)).ShouldBe(PlanAnswer.LastNode);
        (await nodes[0].Plans.UndrainAsync(nodes[1].Node)).ShouldBe(PlanAnswer.Accepted);
        (await nodes[0].Plans.LeaveAsync(nodes[0].Node)).ShouldBe(PlanAnswer.Accepted);
    }

    /// <summary>The answer to a leave was lost, or came too late: the process goes on, so it must not stand there as one that ends.</summary>
    [Fact]
    public async Task A_node_that_stays_takes_back_that_it_would_end()
    {
        await using var nodes = await ShardedNodes.StartAsync(2);
        var self = ClusterMapActor.KeyOf(nodes[1].Cluster.SelfUniqueAddress);

        var written = await PlanData.ReplicatorOf(nodes[0].System)
            .Ask<IUpdateResponse>(PlanData.Write(nodes[0].System, [new(PlanBook.StopKey(self), "")]), CancellationToken.None)
            .Within("the entry to be written");

        written.IsSuccessful.ShouldBeTrue();
        await nodes.IsSeenAsync(cluster => cluster.Find(self) is { IsStopping: false, TakesShards: true }, "n1 back");
        await Soon.IsTrueAsync(() => nodes.All.All(node => node.Plans.Current.Stopping.Count == 0), "the entry to be gone");
        await nodes.AreInBalanceAsync();
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
        (await PlanAsync(EntityKind.Channel)).Transfers.ShouldBeEmpty();

        (await nodes[0].Plans.ResumeAsync()).ShouldBe(PlanAnswer.Accepted);
        AllocationPlan? plan = null;
        await Soon.IsTrueAsync(async () => (plan = await PlanAsync(EntityKind.Session)).Transfers.Count > 0, "the coordinator to have heard of it");
        var (from, to) = (KeyOf(nodes[0]), KeyOf(nodes[1]));
        plan!.Transfers.ShouldAllBe(transfer => (transfer.From == null || transfer.From == from) && transfer.To == to);
        await nodes.HoldsAsync("n1", shards => shards is >= 170 and <= 172, "its share by capacity");
        (await PlanAsync(EntityKind.Session)).ShouldSatisfyAllConditions(
            then => then.Obstacle.ShouldBe(AllocationObstacle.None), then => then.Transfers.ShouldBeEmpty());

        // The oldest node decides.
        Task<AllocationPlan> PlanAsync(EntityKind kind) => nodes[0].Plans.Rounds.NextAsync(kind, CancellationToken.None).Within("a round");
        static string KeyOf(ShardedNode node) => ClusterMapActor.KeyOf(node.Cluster.SelfUniqueAddress).ToString();
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
