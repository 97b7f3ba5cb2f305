using Realtime.Messages.Frames;
using Realtime.Messages.Ids;
using Realtime.Node.Connections.Core;
using Realtime.Node.Gateway.Core;

namespace Realtime.Tests.Gateway;

public sealed class MovePlanTests
{
    private static readonly ClientPlace Here = Places.Node(1);
    private static readonly ClientPlace There = Places.Node(2);
    private static readonly ClientPlace Elsewhere = Places.Node(3);
    private readonly MovePlan _plan = new(new MovePolicy { Settle = 0 }, Here.Node);
    private readonly List<MoveCandidate> _connections = [];
    private readonly List<MoveOrder> _orders = [];
    private long _now = 5_000;
    private long _left;
    private ulong _seed;

    [Fact]
    public void Only_those_whose_session_lives_elsewhere_are_asked_to_go_there()
    {
        var view = Places.Of(Here, There, Elsewhere);
        Connect(view, Here, 50);
        Connect(view, There, 5);
        Connect(view, Elsewhere, 5);

        Run(view, MoveMode.Rebalance, seconds: 2);

        var notices = _orders.Cast<MoveOrder.Notice>().ToList();
        notices.Count.ShouldBe(10);
        notices.ShouldAllBe(notice => notice.Reason == MoveReason.Rebalance && notice.Within == 1000);
        notices.ShouldAllBe(notice => notice.Target == (notice.Connection.Value <= 55 ? There : Elsewhere));
        (_plan.Snapshot.UnderWay, _plan.Snapshot.Pending, _plan.Snapshot.Unmovable).ShouldBe((10, 0, 0));
    }

    [Fact]
    public void Who_is_apart_from_its_session_follows_when_the_session_has_stayed_there_for_a_while()
    {
        var plan = new MovePlan(new MovePolicy { Settle = 60_000 }, Here.Node);
        var there = Places.Of(Here, There);
        Connect(there, There, 1);
        Step(plan, there, after: 0).ShouldBeEmpty();
        plan.IsIdle.ShouldBeFalse("it has to be looked at again");
        Step(plan, there, after: 59_999).ShouldBeEmpty();

        Step(plan, there, after: 1).ShouldHaveSingleItem();
    }

    /// <summary>Shards come back to a node that is restarted: within less than that takes, its clients would go there and back.</summary>
    [Fact]
    public void A_session_has_to_have_stayed_elsewhere_for_two_minutes_where_nothing_else_is_said()
    {
        var plan = new MovePlan(new MovePolicy(), Here.Node);
        var there = Places.Of(Here, There);
        Connect(there, There, 1);
        Step(plan, there, after: 0).ShouldBeEmpty();
        Step(plan, there, after: 119_999).ShouldBeEmpty();

        Step(plan, there, after: 1).ShouldHaveSingleItem();
    }

    [Fact]
    public void A_session_that_comes_back_or_goes_on_moves_no_client()
    {
        var plan = new MovePlan(new MovePolicy { Settle = 60_000 }, Here.Node);
        var there = Places.Of(Here, There);
        var home = new ClientPlaces(there.Open, [.. Enumerable.Repeat(Here.Node, EntityShards.Count)]);
        var elsewhere = new ClientPlaces([.. there.Open, Elsewhere], [.. Enumerable.Repeat(Elsewhere.Node, EntityShards.Count)]);
        Connect(there, There, 1);
        Step(plan, there, after: 0).ShouldBeEmpty();
        Step(plan, home, after: 50_000).ShouldBeEmpty();
        plan.IsIdle.ShouldBeTrue();
        Step(plan, there, after: 50_000).ShouldBeEmpty();
        Step(plan, elsewhere, after: 50_000).ShouldBeEmpty();
        Step(plan, elsewhere, after: 50_000).ShouldBeEmpty();

        Step(plan, elsewhere, after: 10_000).ShouldHaveSingleItem();
        _connections.Clear();
        Step(plan, elsewhere, after: 250);
        plan.IsIdle.ShouldBeTrue();
    }

    [Fact]
    public void A_rebalance_is_paced_by_a_share_of_the_connections()
    {
        var view = Places.Of(Here, There);
        Connect(view, There, 3000);

        Run(view, MoveMode.Rebalance, seconds: 10);

        _orders.Count.ShouldBeInRange(270, 331, "1 % of 3000 in each second");
        _plan.Snapshot.Pending.ShouldBe(3000 - _orders.Count);
        _plan.Snapshot.Rate.ShouldBe(30);
    }

    [Fact]
    public void However_many_there_are_the_pace_has_a_limit_and_after_a_pause_there_is_no_burst()
    {
        var view = Places.Of(Here, There);
        Connect(view, There, 50_000);
        Step(view, MoveMode.Rebalance);
        _now += 3_600_000;

        Step(view, MoveMode.Rebalance);

        _orders.Count.ShouldBe(200);
    }

    [Fact]
    public void Who_leaves_has_answered_and_who_does_not_is_asked_again_a_few_times_and_then_left_alone()
    {
        var view = Places.Of(Here, There);
        Connect(view, There, 2);
        Run(view, MoveMode.Rebalance, seconds: 2);
        _connections.RemoveAt(0);

        Run(view, MoveMode.Rebalance, seconds: 120);

        _orders.Count.ShouldBe(1 + 3);
        _orders.ShouldAllBe(order => order is MoveOrder.Notice);
        (_plan.Snapshot.Done, _plan.Snapshot.Stayed, _plan.Snapshot.UnderWay).ShouldBe((1, 1, 0));
        _plan.IsIdle.ShouldBeFalse();
    }

    [Fact]
    public void A_session_that_goes_on_to_a_third_node_is_sent_after_and_one_that_comes_home_stays()
    {
        var view = Places.Of(1, There, Here, Elsewhere);
        Connect(view, There, 1);
        Run(view, MoveMode.Rebalance, seconds: 1);

        Run(view with { Homes = [Elsewhere.Node] }, MoveMode.Rebalance, seconds: 1);
        Run(view with { Homes = [Here.Node] }, MoveMode.Rebalance, seconds: 60);

        _orders.Cast<MoveOrder.Notice>().Select(notice => notice.Target).ShouldBe([There, Elsewhere]);
        _plan.IsIdle.ShouldBeTrue();
    }

    [Theory]
    [InlineData(MoveMode.Rebalance)]
    [InlineData(MoveMode.Drain)]
    public void Where_clients_cannot_choose_a_node_nobody_is_asked(MoveMode mode)
    {
        var view = Places.Of(Here, There).Without(Here, There);
        Connect(view, There, 20);

        Run(view, mode, seconds: 30, window: 30);

        _orders.ShouldBeEmpty();
        _plan.IsIdle.ShouldBeTrue("there is nothing to wait for");
        _plan.Snapshot.Unmovable.ShouldBe(mode is MoveMode.Rebalance ? 0 : 20);
    }

    [Fact]
    public void A_node_that_stops_sends_everybody_to_others()
    {
        var view = Places.Of(Here, There, Elsewhere).Without(Here);
        Connect(view, Here, 100);
        Connect(view, There, 100);

        Run(view, MoveMode.Drain, seconds: 30, window: 30, follow: true);

        _connections.ShouldBeEmpty();
        var notices = _orders.Cast<MoveOrder.Notice>().ToList();
        notices.Count.ShouldBe(200);
        notices.ShouldAllBe(notice => notice.Reason == MoveReason.Drain && notice.Target != Here);
        notices.Where(notice => notice.Connection.Value > 100).ShouldAllBe(notice => notice.Target == There);
        notices.Where(notice => notice.Connection.Value <= 100).CountBy(notice => notice.Target).ShouldAllBe(pair => pair.Value > 25);
        (_plan.Snapshot.Done, _plan.IsIdle).ShouldBe((200, true));
    }

    [Fact]
    public void A_drain_is_spread_over_its_window_and_leaves_time_for_the_last()
    {
        var view = Places.Of(Here, There).Without(Here);
        Connect(view, There, 6000);

        Run(view, MoveMode.Drain, seconds: 10, window: 30);
        var third = _orders.Count;
        Run(view, MoveMode.Drain, seconds: 12, window: 20);

        third.ShouldBeInRange(2500, 3300, "6000 in 21 s");
        _orders.OfType<MoveOrder.Notice>().Select(notice => notice.Connection).Distinct().Count().ShouldBe(6000);
    }

    [Fact]
    public void A_drain_never_asks_more_than_the_peers_let_in()
    {
        var plan = new MovePlan(new MovePolicy { PeerRate = 50, Settle = 0 }, Here.Node);
        var view = Places.Of(Here, There, Elsewhere).Without(Here);
        Connect(view, There, 5000);
        plan.Step(new MoveSituation(0, MoveMode.Drain, 1000, view, _connections, 1), _orders);
        plan.Step(new MoveSituation(1000, MoveMode.Drain, 0, view, _connections, 1), _orders);

        _orders.Count.ShouldBe(100);
    }

    [Fact]
    public void Who_does_not_follow_a_drain_is_closed_before_it_is_over()
    {
        var view = Places.Of(Here, There).Without(Here);
        Connect(view, There, 3);

        Run(view, MoveMode.Drain, seconds: 30, window: 30);

        _orders.OfType<MoveOrder.Notice>().Count().ShouldBe(9, "each three times");
        _orders.OfType<MoveOrder.Close>().Select(order => order.Connection).Distinct().Count().ShouldBe(3);
    }

    [Fact]
    public void Whoever_ignored_a_rebalance_is_asked_again_by_a_drain()
    {
        var view = Places.Of(Here, There);
        Connect(view, There, 1);
        Run(view, MoveMode.Rebalance, seconds: 60);
        _orders.Clear();

        Run(view, MoveMode.Drain, seconds: 1, window: 30);

        _orders.ShouldHaveSingleItem().ShouldBeOfType<MoveOrder.Notice>().Reason.ShouldBe(MoveReason.Drain);
    }

    private void Connect(ClientPlaces view, ClientPlace owner, int count)
    {
        foreach (var session in Places.SessionsOf(view, owner).Take(count))
        {
            _connections.Add(new MoveCandidate(new ConnectionId(_connections.Count + 1), session));
        }
    }

    private void Run(ClientPlaces view, MoveMode mode, int seconds, int window = 0, bool follow = false)
    {
        _left = window * 1000;
        for (var i = 0; i <= seconds * 5; i++)
        {
            var before = _orders.Count;
            Step(view, mode);
            if (follow)
            {
                var asked = _orders.Skip(before).Select(order => order.Connection).ToHashSet();
                _connections.RemoveAll(candidate => asked.Contains(candidate.Connection));
            }

            _now += 200;
            _left = Math.Max(0, _left - 200);
        }
    }

    /// <summary>What a plan says in the mode of a rebalance, some milliseconds later.</summary>
    private List<MoveOrder> Step(MovePlan plan, ClientPlaces view, long after)
    {
        _now += after;
        var orders = new List<MoveOrder>();
        plan.Step(new MoveSituation(_now, MoveMode.Rebalance, 0, view, _connections, ++_seed), orders);
        return orders;
    }

    private void Step(ClientPlaces view, MoveMode mode) => _plan.Step(new MoveSituation(_now, mode, _left, view, _connections, ++_seed), _orders);
}
