using Realtime.Messages.Entities;
using Realtime.Messages.Errors;
using Realtime.Messages.Ids;
using Realtime.Node.Sessions.Core;

namespace Realtime.Tests.Sessions;

/// <summary>A client that has given a hello up is not thrown out by it.</summary>
public sealed class SessionAttemptTests
{
    private readonly SessionRig _rig = new();

    [Fact]
    public void A_hello_that_was_given_up_and_comes_after_the_newer_one_is_refused()
    {
        _rig.Open();
        var newer = _rig.Attach(attempt: 8).ShouldBeOfType<SessionReply.Attached>();
        var connection = _rig.Connection;
        _rig.Dismissed.Clear();

        _rig.Attach(attempt: 7).ShouldBeOfType<SessionReply.Stale>();

        (_rig.Machine.Holder!.Connection, _rig.Machine.Attachment).ShouldBe((connection, newer.Attachment));
        _rig.Dismissed.ShouldBeEmpty();
    }

    [Theory]
    [InlineData(8L, 9L)]
    [InlineData(8L, 8L)]
    [InlineData(8L, null)]
    [InlineData(null, 7L)]
    public void A_newer_attempt_takes_over_and_so_does_one_of_which_nothing_is_known(long? first, long? second)
    {
        _rig.Attach(true, attempt: first);

        _rig.Attach(attempt: second).ShouldBeOfType<SessionReply.Attached>();

        _rig.Dismissed.ShouldBe([(new ConnectionId(1), CloseCode.Superseded)]);
    }

    [Fact]
    public void Where_nobody_stands_for_the_session_any_attempt_is_let_in()
    {
        _rig.Attach(true, attempt: 8);
        _rig.Detach();

        _rig.Attach(attempt: 3).ShouldBeOfType<SessionReply.Attached>();
    }

    [Fact]
    public void The_attempt_goes_with_the_session_to_another_node()
    {
        _rig.Attach(true, attempt: 8);
        _rig.HandOff();
        _rig.TakeOver();

        _rig.Attach(attempt: 7).ShouldBeOfType<SessionReply.Stale>();
        _rig.Attach(attempt: 9).ShouldBeOfType<SessionReply.Attached>();
    }

    [Fact]
    public void An_owner_that_knows_the_row_alone_hears_of_the_attempt_from_who_holds()
    {
        _rig.OpenAndWrite();
        var attached = _rig.Attach(attempt: 8).ShouldBeOfType<SessionReply.Attached>();
        _rig.Reload();
        _rig.Hold(attached.Attachment, attempt: 8).ShouldBeOfType<SessionReply.Done>();

        _rig.Attach(attempt: 7).ShouldBeOfType<SessionReply.Stale>();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_stale_hello_that_a_new_owner_hears_first_gives_way_to_the_connection_that_holds(bool hasLeft)
    {
        _rig.OpenAndWrite();
        var held = _rig.Attach(attempt: 8).ShouldBeOfType<SessionReply.Attached>().Attachment;
        var connection = _rig.Connection.Value;
        _rig.Reload();
        var stale = _rig.Attach(attempt: 7).ShouldBeOfType<SessionReply.Attached>().Attachment;
        stale.ShouldBeGreaterThan(held);
        if (hasLeft)
        {
            _rig.Detach();
        }

        var given = _rig.Hold(held, connection: connection, attempt: 8).ShouldBeOfType<SessionReply.Attached>().Attachment;

        given.ShouldBeGreaterThan(stale);
        _rig.Machine.Holder!.Connection.Value.ShouldBe(connection);
        _rig.Dismissed.Count(dismissed => dismissed.Connection.Value != connection).ShouldBe(hasLeft ? 1 : 2);
        _rig.Answers[_rig.Ask(new SessionRequest.Detach(stale))].ShouldBeOfType<SessionReply.Stale>("what the stale one says no longer counts");

        // The question was sent twice: the second still has the old number.
        _rig.Hold(held, connection: connection, attempt: 8).ShouldBeOfType<SessionReply.Attached>().Attachment.ShouldBe(given);
        _rig.Hold(given, connection: connection, attempt: 8).ShouldBeOfType<SessionReply.Done>();
        _rig.Timers.ShouldNotContainKey(SessionTimer.Grace);
    }

    [Fact]
    public void A_connection_of_an_older_attempt_cannot_hold_against_the_newer_one()
    {
        _rig.OpenAndWrite();
        var newer = _rig.Attach(attempt: 8).ShouldBeOfType<SessionReply.Attached>().Attachment;
        var connection = _rig.Connection.Value;
        _rig.Reload();
        _rig.Hold(newer, connection: connection, attempt: 8);

        _rig.Hold(newer.Next(0), connection: 77, attempt: 7).ShouldBeOfType<SessionReply.Stale>();

        _rig.Machine.Holder!.Connection.Value.ShouldBe(connection);
    }
}
