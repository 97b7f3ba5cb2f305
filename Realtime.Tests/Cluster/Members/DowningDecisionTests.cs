using Realtime.Messages.Ids;
using Realtime.Node.Cluster.Core;
using Realtime.Node.Persistence.Members;
using static Realtime.Tests.Cluster.Members.MadeRows;

namespace Realtime.Tests.Cluster.Members;

/// <summary>When a member is given up, as node 1 sees it.</summary>
public sealed class DowningDecisionTests
{
    private readonly DowningDecision _decision = new(new Incarnation(1));
    private TimeSpan _now = TimeSpan.FromHours(1);
    private long _beat;

    [Fact]
    public void A_member_that_is_missed_and_whose_row_stands_still_for_8_s_gets_a_verdict()
    {
        Still(7.9, unreachable: true).Verdict.ShouldBeNull();

        var verdict = Still(0.2, from: 7.9, unreachable: true).Verdict.ShouldNotBeNull();

        (verdict.Losers, verdict.OnlyStill).ShouldSatisfyAllConditions(v => v.Losers.ShouldBe(Numbers(2)), v => v.OnlyStill.ShouldBeTrue());
    }

    [Fact]
    public void A_member_that_is_missed_and_renews_its_row_gets_none() =>
        Every(60, age => Next([Row(1), Row(2, beat: ++_beat)], new ClusterMember(Address(2), true, false)).Verdict.ShouldBeNull());

    [Fact]
    public void A_member_that_is_heard_and_does_not_renew_for_20_s_has_lost_the_store_and_gets_one()
    {
        Still(19.9, unreachable: false).Verdict.ShouldBeNull();
        Still(0.2, from: 19.9, unreachable: false).Verdict.ShouldNotBeNull().Losers.ShouldBe(Numbers(2));
    }

    [Fact]
    public void After_the_store_was_away_the_others_have_8_s_to_renew_first()
    {
        Still(4, unreachable: true);
        _now += TimeSpan.FromSeconds(30);

        Still(0, from: 34, unreachable: true).Verdict.ShouldBeNull("this node could not renew its own row either");
        Still(7.9, from: 34, unreachable: true).Verdict.ShouldBeNull();
        Still(0.2, from: 41.9, unreachable: true).Verdict.ShouldNotBeNull();
    }

    [Fact]
    public void A_database_whose_clock_was_set_makes_nobody_old()
    {
        Next([Row(1), Row(2, beat: 1)], new ClusterMember(Address(2), true, true));
        _now += TimeSpan.FromSeconds(2);

        Next([Row(1), Row(2, beat: 1, age: 3600)], new ClusterMember(Address(2), true, true)).Verdict.ShouldBeNull();
    }

    [Fact]
    public void A_database_whose_clock_went_back_keeps_nobody_young()
    {
        // As all rows of the dead look until the clock has come to where it was.
        MemberRow[] rows = [Row(1), Row(2, beat: 1)];
        Every(7.9, _ => Next(rows, new ClusterMember(Address(2), true, true)).Verdict.ShouldBeNull());
        _now += TimeSpan.FromSeconds(1);
        Next(rows, new ClusterMember(Address(2), true, true)).Verdict.ShouldNotBeNull().Losers.ShouldBe(Numbers(2));
        rows[1] = rows[1] with { Verdict = "out" };
        Next(rows, new ClusterMember(Address(2), true, true)).Downs.ShouldBe([Address(2)], "it has had no lease for long");
    }

    [Fact]
    public void A_member_with_a_verdict_is_taken_out_when_its_lease_is_over_whether_or_not_it_is_heard()
    {
        Next([Row(1), Row(2, age: 6.9, verdict: "out")], new ClusterMember(Address(2), true, true)).Downs.ShouldBeEmpty();
        Next([Row(1), Row(2, age: 7, verdict: "out")], new ClusterMember(Address(2), false, false)).Downs.ShouldBe([Address(2)]);
    }

    [Fact]
    public void A_member_is_taken_out_until_it_is_gone_and_that_is_news_once()
    {
        var member = new ClusterMember(Address(2), true, true);
        Next([Row(1), Row(2, age: 7, verdict: "out")], member).Newly.ShouldBe([Address(2)]);
        var again = Next([Row(1), Row(2, age: 8, verdict: "out")], member);
        (again.Downs.Count, again.Newly.Count).ShouldBe((1, 0));
        Next([Row(1)]).Downs.ShouldBeEmpty();
        Next([Row(1), Row(2, age: 9, verdict: "out")], member).Newly.ShouldBe([Address(2)], "it was a member once more");
    }

    [Fact]
    public void A_member_that_is_missed_and_whose_row_has_ended_is_taken_out()
    {
        var member = new ClusterMember(Address(2), true, true);
        Next([Row(1)], member).Downs.ShouldBeEmpty("its row may be younger than the picture");

        _now += TimeSpan.FromSeconds(1);

        Next([Row(1)], member).Downs.ShouldBe([Address(2)]);
    }

    [Fact]
    public void A_member_whose_name_another_process_has_taken_is_taken_out_and_the_new_one_is_not()
    {
        var old = new ClusterMember(Address(2), true, true);
        var young = new ClusterMember(Address(3), false, false);
        Next([Row(1), Row(2, age: 8, verdict: "taken"), Row(3) with { Node = new NodeId("n2") }], old, young).Downs.ShouldBe([Address(2)]);
    }

    [Fact]
    public void A_member_that_is_heard_and_has_no_row_ends_by_itself_or_is_taken_out_after_20_s()
    {
        var member = new ClusterMember(Address(2), false, false);
        Every(19, _ => Next([Row(1)], member).Downs.ShouldBeEmpty());

        _now += TimeSpan.FromSeconds(1);

        Next([Row(1)], member).Downs.ShouldBe([Address(2)]);
    }

    [Fact]
    public void Members_that_miss_each_other_and_both_renew_have_20_s_and_then_the_younger_goes()
    {
        Every(19, _ => Miss().Verdict.ShouldBeNull());
        _now += TimeSpan.FromSeconds(1);

        var verdict = Miss().Verdict.ShouldNotBeNull();

        verdict.Losers.ShouldBe(Numbers(3));
        verdict.OnlyStill.ShouldBeFalse("it renews its row");

        DowningPlan Miss() => Next(
            [Row(1, beat: ++_beat), Row(2, beat: _beat, misses: 3), Row(3, beat: _beat)],
            new ClusterMember(Address(2), true, false),
            new ClusterMember(Address(3), true, false));
    }

    [Fact]
    public void Members_that_find_each_other_again_begin_anew()
    {
        for (var i = 0; i < 5; i++)
        {
            Every(15, _ => Next([Row(1, beat: ++_beat, misses: 2), Row(2, beat: _beat)], new ClusterMember(Address(2), true, true)).Verdict.ShouldBeNull());
            Next([Row(1, beat: ++_beat), Row(2, beat: _beat)], new ClusterMember(Address(2), false, false)).Verdict.ShouldBeNull();
        }
    }

    [Fact]
    public void The_row_says_whom_this_node_misses_itself() => Next(
        [Row(1), Row(2), Row(3)], new ClusterMember(Address(2), true, true), new ClusterMember(Address(3), true, false)).Missed.ShouldBe(Numbers(2));

    [Fact]
    public void Nothing_is_hurried_while_all_is_well()
    {
        Next([Row(1), Row(2)], new ClusterMember(Address(2), false, false)).IsHurried.ShouldBeFalse();
        Next([Row(1), Row(2)], new ClusterMember(Address(2), true, false)).IsHurried.ShouldBeTrue();
    }

    /// <summary>Node 2 is not renewed for so long.</summary>
    private DowningPlan Still(double seconds, bool unreachable, double from = 0)
    {
        DowningPlan Look(double age) => Next([Row(1, beat: ++_beat), Row(2, age)], new ClusterMember(Address(2), unreachable, unreachable));
        var plan = Look(from);
        for (var age = 0.0; age < seconds; plan = Look(from + age))
        {
            var step = Math.Min(2, seconds - age);
            (age, _now) = (age + step, _now + TimeSpan.FromSeconds(step));
        }

        return plan;
    }

    private void Every(double seconds, Action<double> look)
    {
        for (var age = 0.0; age <= seconds; age += 1, _now += TimeSpan.FromSeconds(1))
        {
            look(age);
        }

        _now -= TimeSpan.FromSeconds(1);
    }

    private DowningPlan Next(MemberRow[] rows, params ClusterMember[] members) => _decision.Next(Picture(rows), _now, members, _now);
}
