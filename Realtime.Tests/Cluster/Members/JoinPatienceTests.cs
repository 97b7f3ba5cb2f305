using Realtime.Node.Cluster.Core;

namespace Realtime.Tests.Cluster.Members;

/// <summary>
/// A node joined one of two that could not reach each other, and that one was given up. The other had never heard of the newcomer, which waited for ever to come Up.
/// </summary>
public sealed class JoinPatienceTests
{
    private static readonly TimeSpan Step = TimeSpan.FromSeconds(1);
    private readonly JoinPatience _patience = new();
    private TimeSpan _now = TimeSpan.FromMinutes(5);

    [Fact]
    public void A_member_that_does_not_come_Up_gives_up_in_time()
    {
        See(JoinPatience.Most, isMember: true).ShouldBeFalse();
        See(Step, isMember: true).ShouldBeTrue();
    }

    [Fact]
    public void It_outlasts_two_troubles_of_the_members_that_follow_each_other() =>
        JoinPatience.Most.ShouldBeGreaterThan(DowningTimes.Settle + DowningTimes.WithoutStore);

    [Fact]
    public void A_node_that_nobody_has_let_in_goes_on_trying() => See(JoinPatience.Most * 3, isMember: false).ShouldBeFalse();

    [Fact]
    public void Time_without_the_store_does_not_count()
    {
        See(JoinPatience.Most - Step, isMember: true);
        _now += RowClock.Gap + Step;
        See(JoinPatience.Most, isMember: true).ShouldBeFalse();
        See(Step, isMember: true).ShouldBeTrue();
    }

    /// <summary>Sees its rows again and again for so long.</summary>
    private bool See(TimeSpan time, bool isMember)
    {
        var isOver = false;
        for (var end = _now + time; _now < end; _now += Step)
        {
            isOver |= _patience.IsOver(isMember, _now);
        }

        return isOver;
    }
}
