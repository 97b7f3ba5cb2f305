using Realtime.Messages.Ids;
using Realtime.Node.Cluster.Core;
using Realtime.Node.Persistence.Members;
using static Realtime.Tests.Cluster.Members.MadeRows;

namespace Realtime.Tests.Cluster.Members;

/// <summary>Whom a starting node joins. It is node 9.</summary>
public sealed class JoinDecisionTests
{
    private readonly RowClock _clock = new();
    private TimeSpan _now = TimeSpan.FromHours(1);

    [Fact]
    public void Lighthouses_come_first_and_then_the_oldest()
    {
        var picture = Picture(Row(2), Row(3), Row(4, role: "lighthouse"), Row(9, joined: false));

        Joined(picture).ShouldBe([Address(4).Text, Address(2).Text, Address(3).Text]);
    }

    [Fact]
    public void Whoever_was_not_renewed_for_15_s_or_has_a_verdict_or_is_in_no_cluster_itself_is_not_asked()
    {
        var picture = Picture(Row(1, age: 15), Row(2, verdict: "out"), Row(3, joined: false), Row(4, age: 14.9));

        Joined(picture).ShouldBe([Address(4).Text]);
    }

    [Fact]
    public void A_row_of_its_own_address_is_of_a_process_that_is_no_more() =>
        Next(Picture(Row(1) with { Address = Address(9) })).ShouldBe(new JoinStep.Wait(), "until it stands still for long enough to found");

    [Fact]
    public void With_nobody_there_it_founds_at_once() => Next(Picture(Row(9, joined: false))).ShouldBe(new JoinStep.Found());

    [Fact]
    public void Others_that_start_as_well_do_not_hold_it_up() => Next(Picture(Row(8, joined: false), Row(9, joined: false))).ShouldBe(new JoinStep.Found());

    [Fact]
    public void A_founder_that_is_not_up_yet_is_waited_for_until_its_row_is_15_s_old()
    {
        See(Picture(Row(8, joined: false)) with { Founder = new Incarnation(8) }, seconds: 8).ShouldBe(new JoinStep.Wait());
        See(Picture(Row(8, age: 14, joined: false)) with { Founder = new Incarnation(8) }, seconds: 8).ShouldBe(new JoinStep.Wait());
        See(Picture(Row(8, age: 15, joined: false)) with { Founder = new Incarnation(8) }, seconds: 1).ShouldBe(new JoinStep.Found());
    }

    [Fact]
    public void Rows_that_are_old_because_nobody_could_renew_are_watched_for_8_s_first()
    {
        Next(Picture(Row(1, age: 600))).ShouldBe(new JoinStep.Wait());
        See(Picture(Row(1, age: 607)), seconds: 7.9).ShouldBe(new JoinStep.Wait());
        See(Picture(Row(1, age: 608)), seconds: 0.1).ShouldBe(new JoinStep.Found());
    }

    [Fact]
    public void A_row_that_is_renewed_meanwhile_is_joined()
    {
        Next(Picture(Row(1, age: 600))).ShouldBe(new JoinStep.Wait());

        Joined(Picture(Row(1, beat: 2))).ShouldBe([Address(1).Text]);
    }

    [Fact]
    public void A_row_of_the_dead_that_looks_young_because_the_clock_went_back_is_not_asked_for_long_and_holds_nobody_up()
    {
        // By the database it was renewed a minute from now.
        Joined(Picture(Row(1))).ShouldBe([Address(1).Text]);
        See(Picture(Row(1)), seconds: 7).ShouldBeOfType<JoinStep.Join>();
        See(Picture(Row(1)), seconds: 1).ShouldBe(new JoinStep.Wait());
        See(Picture(Row(1)), seconds: 7).ShouldBe(new JoinStep.Found());
    }

    [Fact]
    public void A_row_that_was_not_seen_for_a_while_is_watched_anew()
    {
        Next(Picture(Row(1)));
        See(Picture(Row(1)), seconds: 8).ShouldBe(new JoinStep.Wait());
        _now += TimeSpan.FromSeconds(30);

        Joined(Picture(Row(1))).ShouldBe([Address(1).Text], "nobody could renew meanwhile, perhaps");
    }

    private IReadOnlyList<string> Joined(MemberPicture picture) => Next(picture).ShouldBeOfType<JoinStep.Join>().Addresses;

    /// <summary>The same rows with every renewal of its own for a while.</summary>
    private JoinStep See(MemberPicture picture, double seconds)
    {
        JoinStep step = new JoinStep.Wait();
        for (var end = _now + TimeSpan.FromSeconds(seconds); _now < end;)
        {
            _now = _now + TimeSpan.FromSeconds(2) < end ? _now + TimeSpan.FromSeconds(2) : end;
            step = Next(picture);
        }

        return step;
    }

    private JoinStep Next(MemberPicture picture)
    {
        _clock.See(picture, _now);
        return JoinDecision.Next(picture, new Incarnation(9), Address(9).Text, _clock, _now);
    }
}
