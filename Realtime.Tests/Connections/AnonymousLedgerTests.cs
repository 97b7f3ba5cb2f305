using System.Net;
using Realtime.Messages.Errors;
using Realtime.Messages.Ids;
using Realtime.Node.Connections;
using Realtime.Node.Connections.Core;

namespace Realtime.Tests.Connections;

/// <summary>What sessions without a token keep and write, counted by address.</summary>
public sealed class AnonymousLedgerTests
{
    private static readonly AnonymousPolicy Policy = new() { Bytes = 1_000, Rate = 1_000_000, Keep = TimeSpan.FromMinutes(10), Sessions = 4 };
    private static readonly ClientAddress Here = ClientAddress.Of(IPAddress.Parse("203.0.113.7"));
    private static readonly ClientAddress There = ClientAddress.Of(IPAddress.Parse("203.0.113.8"));

    private readonly AnonymousLedger _ledger = new(Policy);
    private long _now = 5_000;

    [Fact]
    public void Sessions_of_one_address_share_the_bytes_and_those_of_another_have_their_own()
    {
        var first = _ledger.Enter(Here, new SessionId(1), 0, _now);
        var second = _ledger.Enter(Here, new SessionId(2), 0, _now);
        _ledger.ChangeState(first, 600, _now).ShouldBeNull();
        _ledger.ChangePresence(second, 401, 401, _now).ShouldNotBeNull().Code.ShouldBe(ErrorCode.TooMany);
        _ledger.ChangePresence(second, 400, 400, _now).ShouldBeNull();
        _ledger.ChangeState(first, 1, _now).ShouldNotBeNull().Code.ShouldBe(ErrorCode.TooMany);
        _ledger.BytesOf(Here).ShouldBe(1_000);

        _ledger.ChangeState(_ledger.Enter(There, new SessionId(3), 0, _now), 1_000, _now).ShouldBeNull();

        _ledger.Release(second, 100);
        _ledger.ChangeState(first, 100, _now).ShouldBeNull();
    }

    [Fact]
    public void What_a_session_leaves_counts_as_long_as_the_store_has_it()
    {
        Leave(Hold(Here, 1, 600), 600);
        Pass(Policy.Keep - TimeSpan.FromMilliseconds(1));
        _ledger.BytesOf(Here).ShouldBe(600);
        _ledger.ChangeState(_ledger.Enter(Here, new SessionId(2), 0, _now), 401, _now).ShouldNotBeNull().Code.ShouldBe(ErrorCode.TooMany);

        Pass(TimeSpan.FromMilliseconds(1));
        (_ledger.BytesOf(Here), _ledger.Sessions).ShouldBe((0, 1));
    }

    [Fact]
    public void A_session_that_comes_back_counts_once_and_stays_with_the_address_it_began_at()
    {
        Leave(Hold(Here, 1, 600), 600);
        Pass(TimeSpan.FromMinutes(9));
        var back = _ledger.Enter(There, new SessionId(1), 500, _now);
        (_ledger.BytesOf(Here), _ledger.BytesOf(There)).ShouldBe((500, 0));

        Pass(TimeSpan.FromHours(1));
        _ledger.BytesOf(Here).ShouldBe(500, "its connection is there");
        Leave(back, 500);
        Pass(Policy.Keep);
        (_ledger.BytesOf(Here), _ledger.Sessions).ShouldBe((0, 0));
    }

    [Fact]
    public void A_session_that_said_bye_is_counted_no_more_unless_another_connection_stands_for_it()
    {
        var first = Hold(Here, 1, 600);
        var second = _ledger.Enter(Here, new SessionId(1), 600, _now);
        second.ShouldBeSameAs(first);
        _ledger.Leave(first, 600, AnonymousParting.Ended, _now);
        _ledger.BytesOf(Here).ShouldBe(600);

        _ledger.Leave(second, 600, AnonymousParting.Ended, _now);
        (_ledger.BytesOf(Here), _ledger.Sessions).ShouldBe((0, 0));
    }

    [Fact]
    public void What_may_still_be_written_is_not_forgotten_when_the_next_connection_does_not_see_it_yet()
    {
        var first = Hold(Here, 1, 600);
        _ledger.Leave(first, 600, AnonymousParting.Unsure, _now);
        var second = _ledger.Enter(Here, new SessionId(1), 0, _now);
        _ledger.BytesOf(Here).ShouldBe(600);
        _ledger.ChangeState(second, 600, _now).ShouldBeNull();
        _ledger.BytesOf(Here).ShouldBe(600, "the same bytes again");
        _ledger.ChangeState(second, 401, _now).ShouldNotBeNull().Code.ShouldBe(ErrorCode.TooMany);

        _ledger.Release(second, 600);
        Leave(second, 0);
        Pass(TimeSpan.FromMilliseconds(AnonymousLedger.Settled));
        _ledger.Enter(Here, new SessionId(1), 0, _now);
        _ledger.BytesOf(Here).ShouldBe(0, "by now it shows what was written");
    }

    [Fact]
    public void With_no_bytes_allowed_nothing_is_kept_and_removing_is_no_fault()
    {
        var ledger = new AnonymousLedger(Policy with { Bytes = 0 });
        var session = ledger.Enter(Here, new SessionId(1), 0, _now);

        ledger.ChangeState(session, 1, _now).ShouldNotBeNull().Text.ShouldBe("sessions without a token keep no state and no presence here");
        ledger.ChangeState(session, 0, _now).ShouldBeNull();
    }

    [Fact]
    public void A_change_of_state_costs_all_that_the_session_holds_also_when_it_removes()
    {
        var ledger = new AnonymousLedger(Policy with { Rate = 1_000 });
        var session = ledger.Enter(Here, new SessionId(1), 0, _now);
        ledger.ChangeState(session, 1_000, _now).ShouldBeNull();
        ledger.ChangeState(session, 0, _now).ShouldBeNull();
        ledger.ChangeState(session, 0, _now).ShouldBeNull();
        ledger.ChangeState(session, 0, _now).ShouldBeNull();

        // The burst of four seconds is used up.
        var refusal = ledger.ChangeState(session, 0, _now).ShouldNotBeNull();
        (refusal.Code, refusal.RetryAfter).ShouldBe((ErrorCode.RateLimited, 1_000));
        ledger.ChangeState(session, 0, _now + 999).ShouldNotBeNull();
        ledger.ChangeState(session, 0, _now + 1_000).ShouldBeNull();
    }

    [Fact]
    public void A_change_of_presence_costs_the_whole_session_once_in_each_write_and_otherwise_itself()
    {
        var ledger = new AnonymousLedger(Policy with { Rate = 1_000, WriteBehind = TimeSpan.FromMilliseconds(200) });
        var session = ledger.Enter(Here, new SessionId(1), 1_000, _now);
        ledger.ChangePresence(session, 0, 10, _now).ShouldBeNull();
        for (var i = 0; i < 300; i++)
        {
            ledger.ChangePresence(session, 0, 10, _now + 199).ShouldBeNull();
        }

        // 1,000 and 300 times 10, of 4,000 and the 199 that came meanwhile; then the whole again.
        ledger.ChangePresence(session, 0, 10, _now + 200).ShouldNotBeNull().Code.ShouldBe(ErrorCode.RateLimited);
    }

    [Fact]
    public void What_costs_more_than_the_burst_passes_when_the_burst_is_whole()
    {
        var ledger = new AnonymousLedger(Policy with { Rate = 100 });
        var session = ledger.Enter(Here, new SessionId(1), 0, _now);
        ledger.ChangeState(session, 1_000, _now).ShouldBeNull();
        ledger.ChangeState(session, 0, _now).ShouldNotBeNull().RetryAfter.ShouldBe(4_000);
        ledger.ChangeState(session, 0, _now + 4_000).ShouldBeNull();
    }

    [Fact]
    public void A_new_session_begins_with_what_is_left_of_its_address_rate()
    {
        var ledger = new AnonymousLedger(Policy with { Rate = 100 });
        var first = ledger.Enter(Here, new SessionId(1), 0, _now);
        ledger.ChangeState(first, 400, _now).ShouldBeNull();
        ledger.Leave(first, 400, AnonymousParting.Ended, _now);
        ledger.Sweep(_now + 1_000);

        var second = ledger.Enter(Here, new SessionId(2), 0, _now + 1_000);
        ledger.ChangeState(second, 101, _now + 1_000).ShouldNotBeNull().Code.ShouldBe(ErrorCode.RateLimited);
        ledger.ChangeState(second, 100, _now + 1_000).ShouldBeNull();
    }

    [Fact]
    public void Beyond_its_own_bound_it_forgets_those_that_left_first_and_none_with_a_connection()
    {
        var stays = Hold(Here, 1, 10);
        for (var i = 2; i <= 5; i++)
        {
            Leave(Hold(Here, i, 10), 10);
        }

        Hold(Here, 6, 10);
        _ledger.Sessions.ShouldBe(4);
        _ledger.BytesOf(Here).ShouldBe(40);

        // Number 2 was forgotten: it is counted anew when it comes.
        _ledger.Enter(Here, new SessionId(2), 10, _now);
        _ledger.BytesOf(Here).ShouldBe(40);
        _ledger.Enter(Here, new SessionId(1), 10, _now).ShouldBeSameAs(stays);
    }

    [Fact]
    public void Addresses_count_as_what_one_household_gets()
    {
        Of("2001:db8:1:2:3:4:5:6").ShouldBe(Of("2001:db8:1:2::9"));
        Of("2001:db8:1:2::9").ShouldNotBe(Of("2001:db8:1:3::9"));
        Of("::ffff:203.0.113.7").ShouldBe(Here);
        Of("203.0.113.8").ShouldNotBe(Here);
        ClientAddress.Of(null).ShouldNotBe(Of("203.0.113.8"));

        static ClientAddress Of(string text) => ClientAddress.Of(IPAddress.Parse(text));
    }

    private AnonymousSession Hold(ClientAddress address, int id, int bytes)
    {
        var session = _ledger.Enter(address, new SessionId((UInt128)id), 0, _now);
        _ledger.ChangeState(session, bytes, _now).ShouldBeNull();
        return session;
    }

    private void Leave(AnonymousSession session, int bytes) => _ledger.Leave(session, bytes, AnonymousParting.Settled, _now);

    private void Pass(TimeSpan time)
    {
        _now += (long)time.TotalMilliseconds;
        _ledger.Sweep(_now);
    }
}
