namespace Realtime.Tests.Cluster.Checking;

/// <summary>Each rule broken once, by hand. Reader <c>o</c> looks on, <c>r</c> comes and goes.</summary>
public sealed class PresenceRulesTests
{
    private const long Grace = 100;
    private static readonly long Lateness = 10 * TimeProvider.System.TimestampFrequency;
    private readonly RunHistory _history = new() { Channels = new Dictionary<string, ChannelPromise>(), Grace = Grace, Healed = 2000, Ended = long.MaxValue };

    public PresenceRulesTests() => _history.Saw(new PresenceNotice.Whole("o", 1, 0, 5, ["o", "r"]));

    [Fact]
    public void Whoever_was_away_for_longer_than_the_grace_may_leave_and_come_back()
    {
        _history.Away(new Absence("r", 1000, 1500, false));
        Left(1120, 6);
        _history.Saw(new PresenceNotice.Joined("o", 1, 1500, 7, ["r"]));
        Check().ShouldBeEmpty();
    }

    [Fact]
    public void A_session_that_left_although_it_was_back_within_its_grace_is_found()
    {
        _history.Away(new Absence("r", 1000, 1050, false));
        Left(1120, 6);
        Found();
    }

    [Fact]
    public void A_session_that_was_never_away_and_left_is_found()
    {
        Left(1120, 6);
        Found();
    }

    [Fact]
    public void A_session_that_left_before_its_grace_was_over_is_found()
    {
        _history.Away(new Absence("r", 1000, 1500, false));
        Left(1050, 6);
        Found();
    }

    [Fact]
    public void A_session_that_left_twice_for_one_absence_is_found()
    {
        _history.Away(new Absence("r", 1000, 1500, false));
        Left(1120, 6);
        Left(1300, 7);
        Found();
    }

    [Fact]
    public void A_parting_that_is_heard_over_two_connections_is_one()
    {
        _history.Away(new Absence("r", 1000, 1500, false));
        _history.Saw(new PresenceNotice.Whole("o", 2, 1110, 5, ["o", "r"]));
        Left(1120, 6);
        _history.Saw(new PresenceNotice.Left("o", 2, 1121, 6, ["r"]));
        Check().ShouldBeEmpty();
    }

    [Fact]
    public void A_session_that_was_ended_may_leave_at_once_but_not_before()
    {
        _history.Away(new Absence("r", 1000, null, true));
        Left(1001, 6);
        Check().ShouldBeEmpty();
        _history.Away(new Absence("s", 1000, null, true));
        _history.Saw(new PresenceNotice.Left("o", 1, 999, 7, ["s"]));
        Found();
    }

    [Fact]
    public void A_session_that_ended_and_is_seen_for_too_long_is_found()
    {
        _history.Away(new Absence("r", 1000, null, true));
        Found();
    }

    [Fact]
    public void A_session_that_is_gone_in_time_or_whose_observer_was_away_then_is_not_complained_about()
    {
        _history.Away(new Absence("r", 1000, null, true));
        _history.Saw(new PresenceNotice.Over("o", 1, 1500));
        Check().ShouldBeEmpty();
        _history.Saw(new PresenceNotice.Whole("o", 2, 3000, 9, ["o", "r"]));
        _history.Saw(new PresenceNotice.Left("o", 2, 2000 + Grace + Lateness, 10, ["r"]));
        Check().ShouldBeEmpty();
    }

    [Fact]
    public void A_session_that_is_shown_again_long_after_it_ended_is_found()
    {
        _history.Away(new Absence("r", 1000, null, true));
        Left(1010, 6);
        _history.Saw(new PresenceNotice.Whole("o", 2, 3000 + Grace + Lateness, 9, ["o", "r"]));
        Found();
    }

    [Theory]
    [InlineData(2500, 0)]
    [InlineData(2499, 1)]
    public void Who_is_still_seen_is_late_from_when_its_client_let_go_and_not_from_when_it_was_heard(long letGo, int found)
    {
        _history.Away(new Absence("r", 1000, null, false, letGo));
        _history.Saw(new PresenceNotice.Left("o", 1, 2500 + Grace + Lateness, 7, ["r"]));
        Check().Count.ShouldBe(found);
    }

    [Fact]
    public void A_run_that_ended_too_early_to_tell_finds_nothing()
    {
        _history.Away(new Absence("r", 1000, null, true));
        _history.Ended = 2000 + Grace + Lateness;
        Check().ShouldBeEmpty();
    }

    [Theory]
    [InlineData(5)]
    [InlineData(4)]
    public void A_change_whose_revision_does_not_go_on_is_found(long revision)
    {
        _history.Saw(new PresenceNotice.Joined("o", 1, 10, revision, ["x"]));
        Found();
    }

    [Fact]
    public void A_whole_of_an_earlier_revision_is_found_on_one_connection_and_not_on_the_next()
    {
        _history.Saw(new PresenceNotice.Whole("o", 2, 10, 4, ["o", "r"]));
        Check().ShouldBeEmpty();
        _history.Saw(new PresenceNotice.Whole("o", 1, 11, 4, ["o", "r"]));
        Found();
    }

    private void Left(long at, long revision) => _history.Saw(new PresenceNotice.Left("o", 1, at, revision, ["r"]));

    private IReadOnlyList<Violation> Check() => [.. PresenceRules.Check(_history)];

    private void Found() => Check().ShouldHaveSingleItem().Invariant.ShouldBe("I10");
}
