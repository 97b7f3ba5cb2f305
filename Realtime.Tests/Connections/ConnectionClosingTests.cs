using Realtime.Messages.Channels;
using Realtime.Messages.Errors;
using Realtime.Messages.Frames;
using Realtime.Messages.Ids;
using Realtime.Messages.Sessions;
using Realtime.Node.Connections.Core;

namespace Realtime.Tests.Connections;

/// <summary>How a connection ends: taken over, said bye, silent, stalled, expired, sent away or lost.</summary>
public sealed class ConnectionClosingTests
{
    private readonly ConnectionRig _rig = new();

    [Fact]
    public void A_connection_that_is_taken_over_answers_what_it_has_accepted_and_nothing_else_before_it_closes()
    {
        _rig.Welcome();
        _rig.Subscribe(ConnectionRig.Chat);
        _rig.Come(new ClientFrame.Publish(2, ConnectionRig.Chat, ConnectionRig.Text("a")));
        _rig.Step(new ConnectionInput.CloseRequested(CloseCode.Superseded));
        _rig.Goodbye.ShouldBeNull();

        _rig.Come(new ClientFrame.Publish(3, ConnectionRig.Chat, ConnectionRig.Text("b")));
        _rig.ChannelQuestions.Count.ShouldBe(1);
        _rig.ChannelAnswers(new ChannelReply.Published(0, ConnectionRig.Head));

        _rig.Take<ServerFrame.PublishReply>().Id.ShouldBe(2);
        _rig.Closed(CloseCode.Superseded);
        _rig.Goodbye!.Reconnect.ShouldBeNull();
        _rig.Left.ShouldBe([ConnectionRig.Chat]);
    }

    [Fact]
    public void A_connection_that_is_taken_over_waits_for_its_answers_only_so_long()
    {
        _rig.Welcome();
        _rig.Come(new ClientFrame.Publish(2, ConnectionRig.Chat, ConnectionRig.Text("a")));
        _rig.Step(new ConnectionInput.CloseRequested(CloseCode.Superseded));
        _rig.Machine.Due.ShouldBeLessThanOrEqualTo(_rig.Now + ConnectionMachine.LastAnswers);

        _rig.Pass(TimeSpan.FromMilliseconds(ConnectionMachine.LastAnswers));

        _rig.Closed(CloseCode.Superseded);
    }

    [Theory]
    [InlineData(CloseCode.Superseded)]
    [InlineData(CloseCode.Drain)]
    [InlineData(CloseCode.Restart)]
    [InlineData(CloseCode.Kicked)]
    [InlineData(CloseCode.Disconnected)]
    [InlineData(CloseCode.Overloaded)]
    [InlineData(CloseCode.SessionUnavailable)]
    [InlineData(CloseCode.ProtocolError)]
    [InlineData(CloseCode.InvalidText)]
    [InlineData(CloseCode.MessageTooBig)]
    [InlineData(CloseCode.InternalFault)]
    public void An_idle_connection_that_is_dismissed_says_goodbye_at_once_with_what_the_registry_says(CloseCode code)
    {
        _rig.Welcome();

        _rig.Step(new ConnectionInput.CloseRequested(code));

        _rig.Closed(code);
        _rig.Step(new ConnectionInput.CloseRequested(CloseCode.Restart));
        _rig.Goodbye!.Code.ShouldBe(code);
    }

    [Fact]
    public void A_connection_that_is_dismissed_before_its_welcome_says_goodbye_at_once()
    {
        _rig.Come(new ClientFrame.Hello(1));

        _rig.Step(new ConnectionInput.CloseRequested(CloseCode.Restart));

        _rig.Closed(CloseCode.Restart);
        _rig.Goodbye!.Reconnect!.Within.ShouldBe(2000);
    }

    [Fact]
    public void Bye_ends_the_session_is_answered_and_then_the_connection_closes()
    {
        _rig.Welcome();
        _rig.Come(new ClientFrame.Bye(2));
        _rig.SessionQuestions.ShouldHaveSingleItem().ShouldBeOfType<SessionRequest.End>().Session.ShouldBe(ConnectionRig.Fresh);
        _rig.Goodbye.ShouldBeNull();

        _rig.SessionAnswers(new SessionReply.Done(0));

        _rig.Take<ServerFrame.Done>().Id.ShouldBe(2);
        _rig.Closed(CloseCode.Ended);
    }

    [Fact]
    public void Bye_without_an_id_ends_the_session_without_an_answer()
    {
        _rig.Welcome();
        _rig.Come(new ClientFrame.Bye(0));

        _rig.SessionAnswers(new SessionReply.Done(0));

        _rig.Sent.ShouldBeEmpty();
        _rig.Closed(CloseCode.Ended);
    }

    [Fact]
    public void A_lost_link_detaches_the_session_and_leaves_the_channels_once()
    {
        _rig.Welcome();
        _rig.Subscribe(ConnectionRig.Chat);
        _rig.SessionWords.Clear();

        _rig.Step(new ConnectionInput.LinkClosed());
        _rig.Step(new ConnectionInput.LinkClosed());

        _rig.IsStopped.ShouldBeTrue();
        _rig.SessionWords.ShouldBe([new SessionRequest.Detach(ConnectionRig.Fresh, 0, null, ConnectionRig.Attachment)]);
        _rig.Left.ShouldBe([ConnectionRig.Chat]);
        _rig.Machine.Due.ShouldBe(long.MaxValue);
    }

    [Theory]
    [InlineData(false, null)]
    [InlineData(true, CloseCode.Normal)]
    public void A_detach_says_whether_the_client_closed_the_connection_or_it_was_lost(bool byPeer, CloseCode? why)
    {
        _rig.Welcome();
        _rig.Step(new ConnectionInput.LinkClosed(byPeer));

        _rig.SessionWords.ShouldBe([new SessionRequest.Detach(ConnectionRig.Fresh, 0, why, ConnectionRig.Attachment)]);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_detach_after_a_close_by_this_side_says_with_what_code(bool byPeer)
    {
        _rig.Welcome();
        _rig.Step(new ConnectionInput.TooSlow());
        _rig.Step(new ConnectionInput.LinkClosed(byPeer));

        _rig.SessionWords.ShouldBe([new SessionRequest.Detach(ConnectionRig.Fresh, 0, CloseCode.TooSlow, ConnectionRig.Attachment)]);
    }

    [Fact]
    public void A_link_that_does_not_close_in_time_after_the_goodbye_is_dropped()
    {
        _rig.Welcome();
        _rig.Step(new ConnectionInput.CloseRequested(CloseCode.Restart));
        _rig.Pass(TimeSpan.FromMilliseconds(4999));
        _rig.IsAborted.ShouldBeFalse();

        _rig.Pass(TimeSpan.FromMilliseconds(1));

        _rig.IsAborted.ShouldBeTrue();
        _rig.IsStopped.ShouldBeFalse();
        _rig.Step(new ConnectionInput.LinkClosed());
        _rig.IsStopped.ShouldBeTrue();
    }

    [Fact]
    public void A_request_nobody_answers_is_answered_as_timed_out_and_a_late_answer_is_dropped()
    {
        _rig.Welcome();
        _rig.Come(new ClientFrame.Publish(2, ConnectionRig.Chat, ConnectionRig.Text("a")));
        _rig.Pass(TimeSpan.FromMilliseconds(ConnectionMachine.RequestTimeout));
        _rig.Sent.ShouldBeEmpty();

        _rig.Pass(TimeSpan.FromMilliseconds(1));

        _rig.Refused(2, ErrorCode.Timeout).Outcome.ShouldBe(Outcome.Unknown);
        _rig.ChannelAnswers(new ChannelReply.Published(0, ConnectionRig.Head));
        _rig.Sent.ShouldBeEmpty();
    }

    [Fact]
    public void Requests_of_every_kind_time_out()
    {
        _rig.Welcome();
        _rig.Subscribe(ConnectionRig.Chat);
        _rig.Come(new ClientFrame.Publish(2, ConnectionRig.Chat, ConnectionRig.Text("a")));
        _rig.Come(new ClientFrame.History(3, ConnectionRig.Chat));
        _rig.Come(new ClientFrame.Set(4, "k", ConnectionRig.Text("v")));
        _rig.Come(new ClientFrame.Subscribe(5, new SubscriptionRequest(ConnectionRig.Chat)));
        _rig.Pass(TimeSpan.FromMilliseconds(ConnectionMachine.RequestTimeout));
        _rig.Sent.ShouldBeEmpty();

        _rig.Pass(TimeSpan.FromMilliseconds(1));

        _rig.Sent.Cast<ServerFrame.Error>().Select(error => (error.Id, error.Code)).ShouldBe(
            [(2, ErrorCode.Timeout), (3, ErrorCode.Timeout), (4, ErrorCode.Timeout), (5, ErrorCode.Timeout)], ignoreOrder: true);
    }

    [Fact]
    public void A_token_that_runs_out_ends_the_connection_and_a_refresh_in_time_keeps_it()
    {
        var expires = 1_700_000_000_000 + _rig.Now + 10_000;
        _rig.Welcome(new ClientFrame.Hello(1) { Token = "ann" }, new UserId("ann"), expires);
        _rig.Pass(TimeSpan.FromMilliseconds(9_999));
        _rig.Goodbye.ShouldBeNull();
        _rig.Come(new ClientFrame.Refresh(2, "ann", null));
        _rig.Pass(TimeSpan.FromSeconds(10));
        _rig.Goodbye.ShouldBeNull();

        var other = new ConnectionRig();
        other.Welcome(new ClientFrame.Hello(1) { Token = "ann" }, new UserId("ann"), expires);
        other.Machine.TokenEnds.ShouldBe(expires);
        other.Pass(TimeSpan.FromMilliseconds(10_000));
        other.Closed(CloseCode.TokenExpired);
    }

    [Fact]
    public void A_reader_that_is_given_up_is_closed_as_too_slow()
    {
        _rig.Welcome();

        _rig.Step(new ConnectionInput.TooSlow());

        _rig.Closed(CloseCode.TooSlow);
    }

    [Fact]
    public void A_silent_client_is_pinged_and_one_that_stays_silent_is_closed()
    {
        _rig.Welcome();
        _rig.Machine.Due.ShouldBe(_rig.Now + 25_000);
        _rig.Pass(TimeSpan.FromSeconds(25));
        _rig.Take<ServerFrame.Ping>();
        _rig.Machine.Due.ShouldBeLessThan(_rig.Now, "whether the ping has arrived is looked at soon");
        _rig.Pass(TimeSpan.Zero);
        _rig.Machine.Due.ShouldBe(_rig.Now + 10_000);
        _rig.Pass(TimeSpan.FromMilliseconds(9_999));
        _rig.Goodbye.ShouldBeNull();

        _rig.Pass(TimeSpan.FromMilliseconds(1));

        _rig.Closed(CloseCode.Silent);
    }

    [Fact]
    public void A_client_that_answers_every_ping_lives_on_also_when_it_answers_within_the_same_millisecond()
    {
        _rig.Welcome();
        long sent = 0;
        for (var second = 0; second < 600; second++)
        {
            // Content goes out all the time, so that only the silence of the client can be a reason to ping.
            _rig.Pass(TimeSpan.FromSeconds(1), sentBytes: sent += 100);
            if (_rig.Sent.Count > 0)
            {
                _rig.Take<ServerFrame.Ping>();
                _rig.Come(new ClientFrame.Pong([]));
            }

            _rig.Goodbye.ShouldBeNull($"second {second}");
        }
    }

    [Fact]
    public void A_server_that_has_nothing_to_say_pings_a_client_that_talks_all_the_time()
    {
        _rig.Welcome();
        var pings = 0;
        for (var second = 0; second < 100; second++)
        {
            _rig.Come(new ClientFrame.Ack([]));
            _rig.Pass(TimeSpan.FromSeconds(1));
            pings += _rig.Sent.Count;
            _rig.Sent.Clear();
        }

        pings.ShouldBe(4);
    }

    [Fact]
    public void A_queue_that_stands_still_is_the_end_and_the_link_is_dropped_with_it()
    {
        _rig.Welcome();
        _rig.Pass(TimeSpan.FromSeconds(1), sentBytes: 500, isSending: true);
        for (var second = 0; second < 29; second++)
        {
            _rig.Come(new ClientFrame.Pong([]));
            _rig.Pass(TimeSpan.FromSeconds(1), sentBytes: 500, isSending: true);
        }

        _rig.Goodbye.ShouldBeNull();
        _rig.Come(new ClientFrame.Pong([]));
        _rig.Pass(TimeSpan.FromSeconds(1), sentBytes: 500, isSending: true);

        _rig.Closed(CloseCode.TooSlow);
        _rig.IsAborted.ShouldBeTrue();
    }

    [Fact]
    public void A_connection_that_rested_is_not_stalled_the_moment_it_begins_to_send()
    {
        var rig = new ConnectionRig(new Realtime.Node.Connections.ConnectionPolicy { PingEvery = TimeSpan.FromSeconds(60) });
        rig.Welcome();

        rig.Pass(TimeSpan.FromSeconds(45), sentBytes: 0, isSending: true);

        rig.Goodbye.ShouldBeNull();
    }

    [Fact]
    public void A_queue_that_moves_is_not_stalled_however_slowly_it_does()
    {
        _rig.Welcome();
        for (var minute = 0; minute < 20; minute++)
        {
            _rig.Come(new ClientFrame.Pong([]));
            _rig.Pass(TimeSpan.FromSeconds(20), sentBytes: minute, isSending: true);
        }

        _rig.Goodbye.ShouldBeNull();
    }
}
