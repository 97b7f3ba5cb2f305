using Realtime.Messages.Cluster;
using Realtime.Messages.Ids;
using Realtime.Node.Cluster.Allocation;
using Realtime.Node.Cluster.Core;
using Realtime.Tests.Support;

namespace Realtime.Tests.Cluster.Allocation;

/// <summary>What operators ask of three nodes.</summary>
[Collection(ActorSystems.Name)]
public sealed class ClusterPlansTests(ThreeNodes three) : IClassFixture<ThreeNodes>
{
    private ShardedNodes Nodes => three.Nodes;

    [Fact]
    public async Task Every_node_knows_which_member_holds_which_shard_and_what_it_says_of_itself()
    {
        foreach (var id in ShardedNodes.Ids.Take(10))
        {
            var shard = new ShardId(EntityShards.Number(id));
            foreach (var kind in ShardKinds.All)
            {
                var owner = await Nodes[1].AskAsync(kind, id);
                await Nodes.IsSeenAsync(cluster => cluster.OwnerOf(kind, shard)?.Node?.Name == owner, $"{kind} shard {shard} on {owner}");
            }
        }

        await Nodes[0].UseAllShardsAsync();
        var seen = Nodes[2].Map.Current.Find(new NodeId("n1")).ShouldNotBeNull();
        seen.Key.Address.ShouldBe(Nodes[1].Cluster.SelfAddress.ToString());
        seen.ShouldSatisfyAllConditions(
            () => seen.Standing.ShouldBe(MemberStanding.Up),
            () => seen.IsReachable.ShouldBeTrue(),
            () => seen.TakesShards.ShouldBeTrue(),
            () => seen.Incarnation.ShouldBe(new Incarnation(2)),
            () => seen.Row!.ClientUrl.ShouldBe("ws://n1.test"),
            () => seen.Row!.Capacity.ShouldBe(25_000),
            () => seen.Row!.Connections.ShouldBe(7),
            () => seen.Row!.Version.ShouldBe("1.0"));
        await Nodes.IsSeenAsync(
            cluster => cluster.Members.Sum(member => member.Row!.Sessions) == EntityShards.Count && cluster.Members.Sum(member => member.Row!.Channels) == EntityShards.Count,
            "the entities of all nodes");
        Nodes[0].Map.Current.Members.Select(member => member.Node!.Value.Name).ShouldBe(["n0", "n1", "n2"], "the oldest first");
    }

    [Fact]
    public async Task A_drained_node_is_emptied_and_stays_so_until_it_is_undrained()
    {
        (await Nodes[0].Plans.DrainAsync(new NodeId("n1"))).ShouldBe(PlanAnswer.Accepted);
        (await Nodes[2].Plans.DrainAsync(new NodeId("n1"))).ShouldBe(PlanAnswer.Accepted, "it is drained already");

        await Nodes.HoldsAsync("n1", shards => shards == 0, "nothing");
        await Nodes.AreInBalanceAsync();
        await Nodes.IsSeenAsync(cluster => cluster.Find(new NodeId("n1")) is { IsDrained: true, IsDraining: true, TakesShards: false }, "n1 drained");
        (await Nodes[0].Plans.MoveAsync(EntityKind.Session, new ShardId(3), new NodeId("n1"))).ShouldBe(PlanAnswer.TargetTakesNone);

        (await Nodes[1].Plans.UndrainAsync(new NodeId("n1"))).ShouldBe(PlanAnswer.Accepted);

        await Nodes.HoldsAsync("n1", shards => shards >= EntityShards.Count / 3, "its share");
        await Nodes.AreInBalanceAsync();
    }

    [Fact]
    public async Task Of_the_last_two_nodes_that_are_drained_at_once_one_is_refused()
    {
        (await Nodes[0].Plans.DrainAsync(new NodeId("n0"))).ShouldBe(PlanAnswer.Accepted);

        var answers = await Task.WhenAll(Nodes[1].Plans.DrainAsync(new NodeId("n1")), Nodes[2].Plans.DrainAsync(new NodeId("n2")));

        answers.ShouldBe([PlanAnswer.Accepted, PlanAnswer.LastNode], ignoreOrder: true);
        foreach (var node in Nodes.All)
        {
            (await Nodes[0].Plans.UndrainAsync(node.Node)).ShouldBe(PlanAnswer.Accepted);
        }

        await Nodes.AreInBalanceAsync();
    }

    [Fact]
    public async Task A_shard_is_moved_where_an_operator_wants_it_and_the_other_kind_s_shard_of_that_number_stays()
    {
        const int number = 17;
        var shard = new ShardId(number);
        var id = ShardedNodes.Ids[number];
        var session = await Nodes[0].AskAsync(EntityKind.Session, id);
        var channel = await Nodes[0].AskAsync(EntityKind.Channel, id);
        var target = Nodes.All.First(node => node.Node.Name != session).Node;

        (await Nodes[0].Plans.MoveAsync(EntityKind.Session, shard, target)).ShouldBe(PlanAnswer.Accepted);

        await Nodes.IsSeenAsync(cluster => cluster.OwnerOf(EntityKind.Session, shard)?.Node == target, "the shard at its target");
        (await Nodes[1].AskAsync(EntityKind.Session, id)).ShouldBe(target.Name);
        (await Nodes[1].AskAsync(EntityKind.Channel, id)).ShouldBe(channel);
        foreach (var node in Nodes.All)
        {
            await Soon.IsTrueAsync(() => !node.Plans.Current.Moves.Any(), "the move to be over");
        }

        await Nodes.AreInBalanceAsync();
        Nodes[0].Map.Current.OwnerOf(EntityKind.Session, shard)!.Node.ShouldBe(target, "balance moves others");
    }

    [Fact]
    public async Task A_move_is_given_up_when_its_target_is_drained_meanwhile()
    {
        // Without the store no shard moves, so the move waits.
        Nodes.All.ToList().ForEach(node => node.State.IsOut = true);
        var id = ShardedNodes.Ids[5];
        var owner = await Nodes[0].AskAsync(EntityKind.Channel, id);
        var target = Nodes.All.First(node => node.Node.Name != owner).Node;
        (await Nodes[0].Plans.MoveAsync(EntityKind.Channel, new ShardId(5), target)).ShouldBe(PlanAnswer.Accepted);

        (await Nodes[0].Plans.DrainAsync(target)).ShouldBe(PlanAnswer.Accepted);

        await Soon.IsTrueAsync(() => !Nodes[0].Plans.Current.Moves.Any(), "the move to be given up");
        (await Nodes[0].AskAsync(EntityKind.Channel, id)).ShouldBe(owner);
        Nodes.All.ToList().ForEach(node => node.State.IsOut = false);
        (await Nodes[0].Plans.UndrainAsync(target)).ShouldBe(PlanAnswer.Accepted);
        await Nodes.AreInBalanceAsync();
    }

    [Fact]
    public async Task A_pause_is_known_to_all_nodes_and_over_when_it_is_taken_back()
    {
        var until = DateTimeOffset.FromUnixTimeMilliseconds(TimeProvider.System.GetUtcNow().AddHours(1).ToUnixTimeMilliseconds());

        (await Nodes[2].Plans.PauseAsync(until)).ShouldBe(PlanAnswer.Accepted);

        foreach (var node in Nodes.All)
        {
            await Soon.IsTrueAsync(() => node.Plans.Current.PausedUntilMs == until.ToUnixTimeMilliseconds(), $"{node.Node} to know of the pause");
        }

        (await Nodes[1].Plans.ResumeAsync()).ShouldBe(PlanAnswer.Accepted);
        await Soon.IsTrueAsync(() => Nodes[0].Plans.Current.PausedUntilMs == 0, "the pause to be over");
    }

    [Fact]
    public async Task What_names_no_node_is_refused()
    {
        (await Nodes[0].Plans.DrainAsync(new NodeId("nobody"))).ShouldBe(PlanAnswer.UnknownNode);
        (await Nodes[0].Plans.MoveAsync(EntityKind.Channel, new ShardId(1), new NodeId("nobody"))).ShouldBe(PlanAnswer.UnknownNode);
        (await Nodes[0].Plans.UndrainAsync(new NodeId("nobody"))).ShouldBe(PlanAnswer.Accepted, "it is not drained");
    }

    [Fact]
    public async Task A_lighthouse_sees_the_same_and_can_ask_for_the_same()
    {
        var lighthouse = await Nodes.AddAsync("l0", capacity: 0);

        await Nodes.AreInBalanceAsync();
        lighthouse.Map.Current.Self!.HoldsShards.ShouldBeFalse();
        (await lighthouse.Plans.DrainAsync(new NodeId("l0"))).ShouldBe(PlanAnswer.UnknownNode, "it holds no shards");
        (await lighthouse.Plans.DrainAsync(new NodeId("n2"))).ShouldBe(PlanAnswer.Accepted);
        await Nodes.HoldsAsync("n2", shards => shards == 0, "nothing");
        await Nodes.IsSeenAsync(cluster => cluster.Find(new NodeId("n2"))!.IsDraining, "n2 drained");

        (await lighthouse.Plans.UndrainAsync(new NodeId("n2"))).ShouldBe(PlanAnswer.Accepted);
        await Nodes.AreInBalanceAsync();
        Nodes.Forget(lighthouse);
        await lighthouse.StopAsync();
        await Nodes.IsSeenAsync(cluster => cluster.Members.Count == 3, "the lighthouse gone");
        await lighthouse.DisposeAsync();
    }
}
