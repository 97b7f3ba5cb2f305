namespace Realtime.Tests.Cluster.Checking;

/// <summary>The rule broken by hand.</summary>
public sealed class SessionRulesTests
{
    private static readonly DateTimeOffset Noon = new(2026, 1, 2, 12, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData(-1)]
    [InlineData(31)]
    public void A_session_that_is_lost_though_nothing_happened_when_it_was_born_is_found(int born)
    {
        // It was born well before the harm, or after all was over.
        var history = Lost(born * 10);
        history.Harmed(new Harm("a", "Kill", Noon, Noon.AddSeconds(300)));
        history.Outage(Noon, Noon.AddSeconds(300));
        SessionRules.Check(history).ShouldHaveSingleItem().Invariant.ShouldBe("session");
    }

    [Fact]
    public void A_session_may_be_lost_whose_node_was_lost_in_the_moment_of_its_birth()
    {
        var history = Lost(0);
        history.Harmed(new Harm("a", "Kill", Noon.AddSeconds(1), Noon.AddSeconds(20)));
        SessionRules.Check(history).ShouldBeEmpty();
    }

    [Fact]
    public void A_session_may_be_lost_that_could_not_be_written()
    {
        var history = Lost(10);
        history.Outage(Noon, Noon.AddSeconds(20));
        SessionRules.Check(history).ShouldBeEmpty();
    }

    [Fact]
    public void Where_nobody_died_no_session_may_be_lost()
    {
        var history = Lost(0, isGentle: true);
        history.Harmed(new Harm("a", "Kill", Noon, Noon.AddSeconds(20)));
        SessionRules.Check(history).ShouldHaveSingleItem().Invariant.ShouldBe("I9");
    }

    private static RunHistory Lost(int born, bool isGentle = false)
    {
        var history = new RunHistory { Channels = new Dictionary<string, ChannelPromise>(), Gentle = isGentle };
        history.Lost(new SessionLoss("r0", "s", Noon.AddSeconds(born), Noon.AddSeconds(born + 5)));
        return history;
    }
}
