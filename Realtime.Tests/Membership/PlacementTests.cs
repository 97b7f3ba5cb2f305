using FsCheck;
using FsCheck.Fluent;
using Realtime.Cluster.Journal;
using Realtime.Cluster.Membership;
using Realtime.Cluster.Membership.Core;
using Realtime.Messages.Ids;

namespace Realtime.Tests.Membership;

public sealed class PlacementTests
{
    private const int Shards = 512;

    private static readonly Gen<NodeRow[]> Clusters =
        from count in Gen.Choose(1, 9)
        from capacities in Gen.ArrayOf(Gen.Elements(50, 100, 200), count)
        from first in Gen.Choose(1, 1000)
        select capacities.Select((capacity, i) => Views.Node(first + (7 * i), capacity)).ToArray();

    [Fact]
    public void Nobody_gets_more_than_the_cap_and_every_shard_has_a_place() => Check(nodes =>
    {
        var placement = Placement.Of(Views.Of(Shards, nodes));
        var held = Count(placement);
        held.Values.Sum().ShouldBe(Shards);
        var weight = nodes.Sum(node => (double)node.Profile.Capacity);
        foreach (var node in nodes)
        {
            var cap = placement.CapOf(node.Incarnation);
            cap.ShouldBeLessThanOrEqualTo((int)(1.15 * Shards * node.Profile.Capacity / weight) + 1);
            held.GetValueOrDefault(node.Incarnation).ShouldBeLessThanOrEqualTo(cap);
        }
    });

    [Fact]
    public void A_newcomer_moves_little_but_what_comes_to_it() => Check(nodes =>
    {
        var newcomer = Views.Node(5000);
        var before = Placement.Of(Views.Of(Shards, nodes));
        var after = Placement.Of(Views.Of(Shards, [.. nodes, newcomer]));
        var moved = Moved(before, after);
        moved.Count(shard => after.TargetOf(shard) == newcomer.Incarnation).ShouldBe(Count(after).GetValueOrDefault(newcomer.Incarnation));
        moved.Count(shard => after.TargetOf(shard) != newcomer.Incarnation).ShouldBeLessThanOrEqualTo(Shards / 10);
    });

    [Fact]
    public void Who_goes_moves_little_but_what_it_had() => Check(nodes =>
    {
        if (nodes.Length > 1)
        {
            var before = Placement.Of(Views.Of(Shards, nodes));
            var after = Placement.Of(Views.Of(Shards, nodes[1..]));
            Moved(before, after).Count(shard => before.TargetOf(shard) != nodes[0].Incarnation).ShouldBeLessThanOrEqualTo(Shards / 10);
        }
    });

    [Fact]
    public void The_ranks_of_all_nodes_for_a_shard_are_different_and_the_first_is_the_target() => Check(nodes =>
    {
        var placement = Placement.Of(Views.Of(Shards, nodes));
        for (var i = 0; i < Shards; i += 17)
        {
            var shard = new ShardId(i);
            nodes.Select(node => placement.RankOf(shard, node.Incarnation)).Order().ShouldBe(Enumerable.Range(0, nodes.Length));
            placement.RankOf(shard, placement.TargetOf(shard)).ShouldBe(0);
        }
    });

    [Fact]
    public void A_node_that_was_restarted_gets_its_shards_back()
    {
        NodeRow[] nodes = [Views.Node(1), Views.Node(2), Views.Node(3)];
        var before = Placement.Of(Views.Of(Shards, nodes));
        var after = Placement.Of(Views.Of(Shards, nodes[0], nodes[2], nodes[1] with { Incarnation = new Incarnation(9) }));
        Moved(before, after).ShouldAllBe(shard => before.TargetOf(shard) == new Incarnation(2) && after.TargetOf(shard) == new Incarnation(9));
    }

    [Fact]
    public void Only_active_nodes_get_any()
    {
        var view = Views.Of(Shards, Views.Node(1), Views.Node(2, status: NodeStatus.Draining));
        var placement = Placement.Of(view);
        Count(placement).Keys.ShouldBe([new Incarnation(1)]);
        placement.RankOf(new ShardId(0), new Incarnation(2)).ShouldBe(-1);

        var nobody = Placement.Of(view.With(Views.Node(2, status: NodeStatus.Draining)));
        nobody.IsEmpty.ShouldBeTrue();
        nobody.TargetOf(new ShardId(0)).IsNone.ShouldBeTrue();
    }

    [Fact]
    public void It_is_computed_anew_only_for_other_nodes()
    {
        var view = Views.Of(Shards, Views.Node(1), Views.Node(2));
        var placement = Placement.Of(view);
        placement.For(view.With(Views.Node(1), Views.Node(2) with { Load = 5, Heartbeat = 7 })).ShouldBeSameAs(placement);
        placement.For(view.With(Views.Node(1), Views.Node(3))).ShouldNotBeSameAs(placement);
        placement.For(view.With(Views.Node(1), Views.Node(2, capacity: 300))).ShouldNotBeSameAs(placement);
    }

    /// <summary>All nodes of a cluster, whatever their version, must come to the same.</summary>
    [Theory]
    [InlineData("a", 0, 3343.641482)]
    [InlineData("node-1", 77, 99.51453)]
    [InlineData("knoten-ä", 4095, 2094.415406)]
    public void Scores_are_frozen(string name, int shard, double score) =>
        Rendezvous.Score(Rendezvous.HashOf(new NodeId(name)), 100, new ShardId(shard)).ShouldBe(score, 0.000001);

    private static void Check(Action<NodeRow[]> property) => Prop.ForAll(Clusters.ToArbitrary(), nodes =>
        {
            property(nodes);
            return true;
        })
        .Check(Config.QuickThrowOnFailure.WithMaxTest(60).WithQuietOnSuccess(true));

    private static Dictionary<Incarnation, int> Count(Placement placement) =>
        Enumerable.Range(0, placement.ShardCount).GroupBy(i => placement.TargetOf(new ShardId(i))).ToDictionary(group => group.Key, group => group.Count());

    private static List<ShardId> Moved(Placement before, Placement after) => [.. Enumerable.Range(0, Shards)
        .Select(i => new ShardId(i))
        .Where(shard => before.TargetOf(shard) != after.TargetOf(shard))];
}
