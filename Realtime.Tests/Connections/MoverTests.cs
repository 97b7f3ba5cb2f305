using Realtime.Cluster.Membership;
using Realtime.Messages.Ids;
using Realtime.Node.Auth;
using Realtime.Node.Gateway;
using Realtime.Tests.Routing;
using Realtime.Tests.Support;

namespace Realtime.Tests.Connections;

/// <summary>Real connections and the real plan; the view, the clients and the clock are the test's.</summary>
public sealed class MoverTests : IDisposable
{
    private readonly MoverRig _rig = new();

    public void Dispose() => _rig.Dispose();

    [Fact]
    public async Task A_connection_whose_session_lives_elsewhere_is_asked_to_go_there_with_a_ticket()
    {
        _rig.Cluster.View = Views.Of(1, Views.Node(2), Views.Node(1));
        var (_, link) = await _rig.ConnectAsync();

        _rig.Clock.Advance(TimeSpan.FromSeconds(2));
        var move = await MoverRig.FrameAsync(link, "move");

        ((string?)move["url"]).ShouldBe("ws://n2.test/v1/connect");
        ((string?)move["reason"]).ShouldBe("rebalance");
        _rig.Tickets.Check((string?)move["ticket"], new NodeId("n2"), _rig.Clock.GetUtcNow(), out _).ShouldBe(TicketVerdict.Valid);
        _rig.Mover.Snapshot.UnderWay.ShouldBe(1);
    }

    [Fact]
    public async Task One_that_is_where_it_belongs_stays_until_its_shard_goes()
    {
        _rig.Cluster.View = Views.Of(1, Views.Node(1), Views.Node(2));
        var (_, link) = await _rig.ConnectAsync();
        _rig.Clock.Advance(TimeSpan.FromSeconds(5));
        _rig.Mover.Snapshot.ShouldBe(_rig.Mover.Snapshot with { Connections = 1, UnderWay = 0, Pending = 0 });

        _rig.Cluster.View = _rig.Cluster.View.With([new Realtime.Cluster.Journal.ShardRow(new ShardId(0), 2, new Incarnation(2))]);
        _rig.Clock.Advance(TimeSpan.FromSeconds(2));

        await MoverRig.FrameAsync(link, "move");
    }

    [Fact]
    public async Task A_drain_is_over_when_the_last_has_gone()
    {
        _rig.Cluster.View = Views.Of(1, Views.Node(1, status: Realtime.Cluster.Journal.NodeStatus.Draining), Views.Node(2));
        var (connection, link) = await _rig.ConnectAsync();
        var (other, otherLink) = await _rig.ConnectAsync();
        var drained = _rig.Mover.DrainAsync(TimeSpan.FromSeconds(30), CancellationToken.None);

        // The peer takes one in a second.
        _rig.Clock.Advance(TimeSpan.FromSeconds(3));
        ((string?)(await MoverRig.FrameAsync(link, "move"))["reason"]).ShouldBe("drain");
        await MoverRig.FrameAsync(otherLink, "move");

        await _rig.GoAsync(connection);
        _rig.Clock.Advance(TimeSpan.FromMilliseconds(400));
        drained.IsCompleted.ShouldBeFalse("one is left");
        await _rig.GoAsync(other);
        _rig.Clock.Advance(TimeSpan.FromMilliseconds(400));

        await drained.Within("the drain to be over");
        _rig.Mover.Snapshot.Done.ShouldBe(2);
    }

    [Fact]
    public async Task A_drain_is_over_at_once_when_there_is_nowhere_to_go()
    {
        _rig.Cluster.View = Views.Of(1, Views.Node(1, open: false), Views.Node(2, open: false));
        var (_, link) = await _rig.ConnectAsync();

        var drained = _rig.Mover.DrainAsync(TimeSpan.FromSeconds(30), CancellationToken.None);
        _rig.Clock.Advance(TimeSpan.Zero);

        await drained.Within("the drain to be over");
        link.Messages.ShouldNotContain(text => text.Contains("\"move\"", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_drain_is_over_when_its_window_is()
    {
        _rig.Cluster.View = Views.Of(1, Views.Node(2), Views.Node(1));
        await _rig.ConnectAsync();
        var drained = _rig.Mover.DrainAsync(TimeSpan.FromSeconds(3), CancellationToken.None);

        _rig.Clock.Advance(TimeSpan.FromSeconds(2));
        drained.IsCompleted.ShouldBeFalse();
        _rig.Clock.Advance(TimeSpan.FromSeconds(2));

        await drained.Within("the drain to be over");
    }

    [Fact]
    public async Task A_node_that_owns_nothing_any_more_sends_its_connections_away()
    {
        _rig.Cluster.View = Views.Of(1, Views.Node(1), Views.Node(2));
        var (_, link) = await _rig.ConnectAsync();
        _rig.Cluster.Standing = Standing.Out;

        _rig.Clock.Advance(TimeSpan.FromSeconds(2));

        ((string?)(await MoverRig.FrameAsync(link, "move"))["url"]).ShouldBe("ws://n2.test/v1/connect");
    }

    [Fact]
    public async Task The_welcome_announces_the_crash_window_that_the_others_need()
    {
        _rig.Cluster.View = Views.Of(1, Views.Node(1), Views.Node(2));
        var (_, first) = await _rig.ConnectAsync();
        ((int)(await MoverRig.FrameAsync(first, "welcome"))["crashWindow"]!).ShouldBe(2000);
        await _rig.ConnectAsync();
        await _rig.ConnectAsync();
        _rig.Clock.Advance(TimeSpan.FromSeconds(1));

        var (_, fourth) = await _rig.ConnectAsync();

        ((int)(await MoverRig.FrameAsync(fourth, "welcome"))["crashWindow"]!).ShouldBe(6000, "three connections, one peer that takes one in a second");
    }
}
