using Realtime.Cluster.Journal;
using Realtime.Cluster.Membership;
using Realtime.Cluster.Membership.Core;
using Realtime.Messages.Ids;

namespace Realtime.Tests.Membership;

public sealed class RebalanceTests
{
    private const int Shards = 128;
    private static readonly Incarnation Self = new(1);
    private readonly HashSet<ShardId> _held = [];
    private readonly Rebalance _rebalance = new(new MembershipTimers(TimeSpan.FromSeconds(3)));

    [Fact]
    public void What_belongs_to_a_newcomer_is_given_to_it_in_batches_and_then_nothing_is_left_to_do()
    {
        var view = OwnedBySelf(Views.Node(1), Views.Node(2), Views.Node(3));
        var steps = 0;
        while (Plan(view) is [var first, ..] batches)
        {
            batches.ShouldAllBe(batch => batch.Shards.Count <= 10 && batch.To != Self);
            batches.Take(2).Select(batch => batch.To).Distinct().Count().ShouldBe(Math.Min(2, batches.Select(batch => batch.To).Distinct().Count()));
            first.Shards.ShouldAllBe(fence => fence.Epoch == 1 && fence.Owner == Self);
            view = view.With([.. first.Shards.Select(fence => new ShardRow(fence.Shard, fence.Epoch + 1, first.To))]);
            (++steps).ShouldBeLessThan(Shards, "the plan has no end");
        }

        var placement = Placement.Of(view);
        view.Shards.ShouldAllBe(row => row.Owner == placement.TargetOf(row.Shard));
    }

    [Fact]
    public void A_draining_node_gives_away_everything_even_after_a_failure()
    {
        var view = OwnedBySelf(Views.Node(1, status: NodeStatus.Draining), Views.Node(2), Views.Node(3));
        _rebalance.Saw(new ViewChange(view.With(Views.Node(1), Views.Node(2), Views.Node(3), Views.Node(4)), view, new HashSet<ShardId>()), TimeSpan.Zero);
        Plan(view).Sum(batch => batch.Shards.Count).ShouldBe(Shards);
    }

    [Fact]
    public void A_draining_node_that_is_the_last_keeps_what_it_has() =>
        Plan(OwnedBySelf(Views.Node(1, status: NodeStatus.Draining))).ShouldBeEmpty();

    [Theory]
    [InlineData(Standing.Unsure)]
    [InlineData(Standing.Frozen)]
    [InlineData(Standing.Out)]
    public void Who_is_not_sure_gives_nothing(Standing standing) =>
        _rebalance.Plan(OwnedBySelf(Views.Node(1), Views.Node(2)), Self, standing, new HashSet<ShardId>(), 10, TimeSpan.Zero).ShouldBeEmpty();

    [Fact]
    public void Who_is_not_in_the_view_gives_nothing() => Plan(OwnedBySelf(Views.Node(2))).ShouldBeEmpty();

    [Fact]
    public void After_a_failure_it_is_quiet_for_a_while_but_not_after_somebody_left()
    {
        var after = OwnedBySelf(Views.Node(1), Views.Node(2));
        _rebalance.Saw(new ViewChange(after.With(Views.Node(1), Views.Node(2), Views.Node(3, status: NodeStatus.Draining)), after, new HashSet<ShardId>()), TimeSpan.Zero);
        Plan(after, second: 1).ShouldNotBeEmpty();

        _rebalance.Saw(new ViewChange(after.With(Views.Node(1), Views.Node(2), Views.Node(3)), after, new HashSet<ShardId>()), TimeSpan.FromSeconds(2));
        Plan(after, second: 61).ShouldBeEmpty();
        Plan(after, second: 62).ShouldNotBeEmpty();
    }

    [Fact]
    public void What_is_held_stays_until_the_node_drains()
    {
        var view = OwnedBySelf(Views.Node(1), Views.Node(2));
        var leaving = Plan(view).SelectMany(batch => batch.Shards).Select(fence => fence.Shard).ToArray();
        _held.UnionWith(leaving.Take(5));

        Plan(view).SelectMany(batch => batch.Shards).Select(fence => fence.Shard).ShouldBe(leaving.Skip(5), ignoreOrder: true);
        Plan(view.With(Views.Node(1, status: NodeStatus.Draining), Views.Node(2))).Sum(batch => batch.Shards.Count).ShouldBe(Shards);
    }

    [Fact]
    public void While_it_is_paused_nothing_is_planned_but_a_drain()
    {
        var view = OwnedBySelf(Views.Node(1), Views.Node(2));
        var draining = view.With(Views.Node(1, status: NodeStatus.Draining), Views.Node(2));
        _rebalance.Pause(TimeSpan.FromSeconds(10));
        _rebalance.PausedFor(TimeSpan.FromSeconds(4)).ShouldBe(TimeSpan.FromSeconds(6));

        Plan(view, second: 9).ShouldBeEmpty();
        _rebalance.Outlook(view, Self, _held, 10).ShouldNotBeEmpty("it is to come");
        Plan(draining, second: 9).Sum(batch => batch.Shards.Count).ShouldBe(Shards);
        Plan(view, second: 10).ShouldNotBeEmpty();
        _rebalance.PausedFor(TimeSpan.FromSeconds(10)).ShouldBeNull();

        _rebalance.Pause(TimeSpan.FromSeconds(100));
        Plan(view, second: 20).ShouldBeEmpty();
        _rebalance.Resume();
        Plan(view, second: 20).ShouldNotBeEmpty();
    }

    [Fact]
    public void In_a_hurry_there_is_no_quiet_but_a_pause_goes_on()
    {
        var view = OwnedBySelf(Views.Node(1), Views.Node(2));
        _rebalance.Saw(new ViewChange(view.With(Views.Node(1), Views.Node(2), Views.Node(3)), view, new HashSet<ShardId>()), TimeSpan.Zero);
        Plan(view, second: 1).ShouldBeEmpty();
        _rebalance.Hurry();
        Plan(view, second: 1).ShouldNotBeEmpty();
        _rebalance.Pause(TimeSpan.FromSeconds(10));
        _rebalance.Hurry();
        Plan(view, second: 1).ShouldBeEmpty();
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    public void Whatever_is_held_wherever_the_plan_moves_the_rest_to_where_it_belongs_and_then_nothing(int seed)
    {
        var random = new Random(seed);
        for (var round = 0; round < 40; round++)
        {
            var nodes = Enumerable.Range(1, random.Next(2, 7))
                .Select(i => Views.Node(i, random.Next(1, 4) * 100, random.Next(4) == 0 ? NodeStatus.Draining : NodeStatus.Active)).ToArray();
            var view = Views.Of(Shards, nodes).With(row => row with { Epoch = random.Next(1, 9), Owner = new Incarnation(random.Next(nodes.Length + 1)) });
            _held.Clear();
            _held.UnionWith(view.Shards.Where(_ => random.Next(3) == 0).Select(row => row.Shard));
            var placement = Placement.Of(view);
            var keeps = nodes[0].Status == NodeStatus.Active;
            var leaving = view.Shards.Where(row => row.Owner == Self && !placement.IsEmpty && placement.TargetOf(row.Shard) != Self && !(keeps && _held.Contains(row.Shard))).ToArray();

            var plan = Plan(view);
            plan.SelectMany(batch => batch.Shards.Select(fence => (fence.Shard, fence.Epoch, fence.Owner, batch.To)))
                .ShouldBe(leaving.Select(row => (row.Shard, row.Epoch, Self, placement.TargetOf(row.Shard))), ignoreOrder: true);
            plan.ShouldAllBe(batch => batch.Shards.Count <= 10);

            var after = view.With([.. plan.SelectMany(batch => batch.Shards.Select(fence => new ShardRow(fence.Shard, fence.Epoch + 1, batch.To)))]);
            Plan(after).ShouldBeEmpty();
            after.Shards.Where(row => keeps && _held.Contains(row.Shard)).ShouldBe(view.Shards.Where(row => keeps && _held.Contains(row.Shard)));
        }
    }

    private static ClusterView OwnedBySelf(params NodeRow[] nodes) => Views.Of(Shards, nodes).With(row => row with { Epoch = 1, Owner = Self });

    private IReadOnlyList<HandOffBatch> Plan(ClusterView view, int second = 0) =>
        _rebalance.Plan(view, Self, Standing.Sure, _held, 10, TimeSpan.FromSeconds(second));
}
