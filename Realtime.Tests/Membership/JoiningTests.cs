using Realtime.Cluster.Journal;
using Realtime.Cluster.Membership;
using Realtime.Cluster.Membership.Core;

namespace Realtime.Tests.Membership;

public sealed class JoiningTests
{
    private static readonly MembershipTimers Timers = new(TimeSpan.FromSeconds(3));
    private readonly Joining _joining = new(Timers, holdsName: false);

    [Fact]
    public void A_name_that_nobody_has_is_taken() => Look(null, 0).ShouldBe(new JoinStep.TakeOver(null));

    [Fact]
    public void A_counter_that_stands_still_for_the_watch_is_taken_over()
    {
        var row = Row(5);
        Look(row, 0).ShouldBeOfType<JoinStep.Wait>();
        Look(row, 7.4).ShouldBeOfType<JoinStep.Wait>();
        Look(row, 7.5).ShouldBe(new JoinStep.TakeOver(row));
    }

    [Fact]
    public void The_last_heartbeat_of_the_dead_may_still_arrive()
    {
        Look(Row(5), 0);
        Look(Row(6), 2).ShouldBeOfType<JoinStep.Wait>();
        Look(Row(6), 9.4).ShouldBeOfType<JoinStep.Wait>();
        Look(Row(6), 9.5).ShouldBe(new JoinStep.TakeOver(Row(6)));
    }

    [Fact]
    public void A_counter_that_goes_on_moving_is_life()
    {
        Look(Row(5), 0);
        Look(Row(6), 3);
        Look(Row(7), 6).ShouldBe(new JoinStep.InUse(Row(7)));
    }

    [Fact]
    public void While_the_store_cannot_be_asked_the_watch_does_not_go_on()
    {
        Look(Row(5), 0);
        _joining.Blind(TimeSpan.FromSeconds(7));
        Look(Row(5), 14.4).ShouldBeOfType<JoinStep.Wait>();
        Look(Row(5), 14.5).ShouldBeOfType<JoinStep.TakeOver>();
    }

    [Fact]
    public void Whose_row_goes_away_leaves_the_name()
    {
        Look(Row(5), 0);
        Look(null, 1).ShouldBe(new JoinStep.TakeOver(null));
    }

    [Fact]
    public void A_row_of_ones_own_or_a_name_that_the_store_holds_needs_no_watch()
    {
        _joining.Look(Row(5), own: true, TimeSpan.Zero).ShouldBe(new JoinStep.TakeOver(Row(5)));
        new Joining(Timers, holdsName: true).Look(Row(5), own: false, TimeSpan.Zero).ShouldBe(new JoinStep.TakeOver(Row(5)));
    }

    private static NodeRow Row(long heartbeat) => Views.Node(1) with { Heartbeat = heartbeat };

    private JoinStep Look(NodeRow? row, double second) => _joining.Look(row, own: false, TimeSpan.FromSeconds(second));
}
