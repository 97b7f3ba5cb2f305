namespace Realtime.Tests.Cluster.Checking;

/// <summary>Each rule broken once, by hand.</summary>
public sealed class MembershipRulesTests
{
    private static readonly DateTimeOffset Noon = new(2026, 1, 2, 12, 0, 0, TimeSpan.Zero);
    private readonly RunHistory _history = new() { Channels = new Dictionary<string, ChannelPromise>(), Lighthouses = ["l"] };

    [Fact]
    public void A_node_that_was_harmed_may_be_declared_dead_and_end_for_it()
    {
        _history.Harmed(new Harm("a", "LongPause", Noon, Noon.AddSeconds(30)));
        _history.Exited(new NodeExit("a", 3, Noon.AddSeconds(20)));
        Check(Verdict("a", 10)).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("b", 10)]
    [InlineData("a", -1)]
    [InlineData("a", 31)]
    public void A_healthy_node_that_was_declared_dead_is_found(string node, int after)
    {
        _history.Harmed(new Harm("a", "LongPause", Noon, Noon.AddSeconds(30)));
        Check(Verdict(node, after)).ShouldHaveSingleItem().Invariant.ShouldBe("I5b");
    }

    [Fact]
    public void A_verdict_that_had_to_wait_for_the_store_may_be_that_much_later()
    {
        _history.Harmed(new Harm("a", "LongPause", Noon, Noon.AddSeconds(30)));
        _history.Outage(Noon.AddSeconds(25), Noon.AddSeconds(35));
        Check(Verdict("a", 40)).ShouldBeEmpty();
        Check(Verdict("a", 41)).ShouldHaveSingleItem();
    }

    [Fact]
    public void A_healthy_node_that_ended_as_downed_is_found_without_a_verdict()
    {
        _history.Exited(new NodeExit("a", 3, Noon));
        Check().ShouldHaveSingleItem().Invariant.ShouldBe("I5b");
    }

    [Fact]
    public void A_node_that_ended_of_anything_else_is_found_whatever_had_been_done_to_it()
    {
        _history.Harmed(new Harm("a", "LongPause", Noon, Noon.AddSeconds(30)));
        _history.Exited(new NodeExit("a", 134, Noon.AddSeconds(20)));
        Check().ShouldHaveSingleItem().Invariant.ShouldBe("I5b");
    }

    [Fact]
    public void An_entity_that_nobody_reaches_or_only_late_is_found()
    {
        _history.Probed(new Probe("log:0", TimeSpan.FromSeconds(1)));
        Check().ShouldBeEmpty();
        _history.Probed(new Probe("log:1", null));
        _history.Probed(new Probe("log:2", MembershipRules.Reach + TimeSpan.FromSeconds(1)));
        Check().Select(violation => violation.Invariant).ShouldBe(["I5a", "I5a"]);
    }

    [Fact]
    public void A_lighthouse_that_was_killed_may_be_declared_dead_and_one_to_which_nothing_was_done_may_not()
    {
        _history.Harmed(new Harm("l", "LighthouseKill", Noon, Noon.AddSeconds(30)));
        Check(Verdict("l", 10)).ShouldBeEmpty();
        Check(Verdict("l", 31)).ShouldHaveSingleItem().Invariant.ShouldBe("I5b");
    }

    [Fact]
    public void A_lighthouse_that_declares_anybody_dead_but_its_predecessor_is_found()
    {
        _history.Harmed(new Harm("a", "LongPause", Noon, Noon.AddSeconds(30)));
        Check(Verdict("a", 10, by: "l")).ShouldHaveSingleItem().Invariant.ShouldBe("I5c");
        Check(Verdict("l", 10, by: "l")).ShouldBeEmpty();
    }

    private static Verdict Verdict(string node, int after, string by = "c") => new(node, 7, by, "its row stood still", Noon.AddSeconds(after));

    private IReadOnlyList<Violation> Check(params Verdict[] verdicts) =>
        [.. MembershipRules.Check(_history, new FinalState(new Dictionary<string, FinalLog>(), verdicts))];
}
