using Realtime.Cluster.Journal;
using Realtime.Cluster.Membership;
using Realtime.Cluster.Membership.Core;
using Realtime.Messages.Ids;

namespace Realtime.Tests.Membership;

public sealed class ClaimsTests
{
    private static readonly Incarnation Self = new(1);
    private readonly Claims _claims = new(new MembershipTimers(TimeSpan.FromSeconds(3)));

    [Fact]
    public void What_belongs_here_is_taken_at_once_and_the_rest_by_rank()
    {
        var view = Views.Of(64, Views.Node(1), Views.Node(2), Views.Node(3));
        var placement = Placement.Of(view);
        for (var second = 0; second < 3; second++)
        {
            Wanted(view, second).ShouldBe(view.Shards.Select(row => row.Shard).Where(shard => placement.RankOf(shard, Self) <= second));
        }

        Wanted(view, 2).Count.ShouldBe(64);
    }

    [Fact]
    public void A_shard_whose_owner_is_not_in_the_view_is_free_and_waits_anew_each_time_it_becomes_so()
    {
        var view = Views.Of(16, Views.Node(1), Views.Node(2)).With(row => new ShardRow(row.Shard, 1, new Incarnation(9)));
        Wanted(view, 0).Count.ShouldBeLessThan(16);
        Wanted(view, 1).Count.ShouldBe(16);

        var owned = view.With(row => new ShardRow(row.Shard, 2, new Incarnation(2)));
        Wanted(owned, 5).ShouldBeEmpty();
        Wanted(owned.With(row => new ShardRow(row.Shard, 3, default)), 6).Count.ShouldBeLessThan(16);
    }

    [Fact]
    public void A_draining_node_wants_nothing() =>
        Wanted(Views.Of(16, Views.Node(1, status: NodeStatus.Draining), Views.Node(2)), 100).ShouldBeEmpty();

    private IReadOnlyList<ShardId> Wanted(ClusterView view, int second) =>
        _claims.Wanted(view, Placement.Of(view), Self, TimeSpan.FromSeconds(second));
}
