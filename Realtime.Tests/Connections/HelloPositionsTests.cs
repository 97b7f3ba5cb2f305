using Realtime.Messages.Channels;
using Realtime.Messages.Entities;
using Realtime.Messages.Errors;
using Realtime.Messages.Frames;
using Realtime.Messages.Ids;
using Realtime.Messages.Positions;
using Realtime.Messages.Sessions;
using Realtime.Node.Connections;
using Realtime.Node.Connections.Core;

namespace Realtime.Tests.Connections;

/// <summary>
/// A client with many subscriptions comes back: once 1,024 positions were a hidden end, and what did not fit into 64 KiB could not be
/// said at all, so that it was
/// refused every time.
/// </summary>
public sealed class HelloPositionsTests
{
    private static readonly ConnectionPolicy Many = new() { Limits = new SessionLimits(64 * 1024, 128 * 1024, 2_000, 128, 600) };

    private readonly ConnectionRig _rig = new(Many);

    [Fact]
    public void As_many_positions_as_subscriptions_are_allowed_resume_in_one_hello()
    {
        var positions = Positions(0, 2_000);
        _rig.Come(Hello(positions));

        _rig.SessionAnswers(Attached(2_000));

        _rig.Joins.Select(join => join.From).ShouldBe(positions.Select(told => new StartFrom.At(told.Position)));
    }

    [Fact]
    public void No_session_is_asked_before_the_last_frame_of_positions_and_all_of_them_count()
    {
        _rig.Come(Hello(Positions(0, 500)) with { More = true });
        _rig.Come(new ClientFrame.MorePositions(Positions(500, 1_000), More: true));
        _rig.SessionQuestions.ShouldBeEmpty();
        _rig.Come(new ClientFrame.MorePositions(Positions(1_500, 500), More: false));

        _rig.SessionAnswers(Attached(2_000));

        _rig.Joins.Select(join => join.From).ShouldBe(Positions(0, 2_000).Select(told => new StartFrom.At(told.Position)));
        foreach (var join in _rig.Joins.ToArray())
        {
            _rig.FeedJoins(join.Channel);
        }

        _rig.Take<ServerFrame.Welcome>().Id.ShouldBe(9);
        _rig.SessionWords.ShouldHaveSingleItem().ShouldBeOfType<SessionRequest.Acknowledge>().Positions.Count.ShouldBe(2_000);
    }

    [Fact]
    public void Where_two_frames_name_a_channel_the_later_one_counts()
    {
        _rig.Come(Hello(Positions(0, 1)) with { More = true });
        _rig.Come(new ClientFrame.MorePositions([new ChannelPosition(Channel(0), new StreamPosition(new Epoch(5), 99))], More: false));

        _rig.SessionAnswers(Attached(1));

        _rig.Joins.ShouldHaveSingleItem().From.ShouldBe(new StartFrom.At(new StreamPosition(new Epoch(5), 99)));
    }

    [Fact]
    public void More_positions_than_twice_the_subscriptions_are_too_many_in_words()
    {
        _rig.Come(Hello(Positions(0, 3_000)) with { More = true });
        _rig.Come(new ClientFrame.MorePositions(Positions(3_000, 1_001), More: true));

        _rig.Refused(9, ErrorCode.TooMany).Text.ShouldContain("4000");
        _rig.Closed(CloseCode.SessionUnavailable);
        _rig.SessionQuestions.ShouldBeEmpty();
    }

    [Fact]
    public void Another_frame_between_the_positions_of_a_hello_closes_as_one_before_it_does()
    {
        _rig.Come(Hello([]) with { More = true });
        _rig.Come(new ClientFrame.Subscribe(10, new SubscriptionRequest(Channel(1))));

        _rig.Closed(CloseCode.HelloExpected);
    }

    [Fact]
    public void A_broken_frame_of_positions_is_answered_with_the_id_of_its_hello()
    {
        _rig.Come(Hello([]) with { More = true });
        _rig.Come(new ClientFrame.Malformed(0, ErrorCode.BadRequest, "positions.positions is missing"));

        _rig.Refused(9, ErrorCode.BadRequest);
        _rig.Closed(CloseCode.HelloExpected);
    }

    [Fact]
    public void Positions_after_the_hello_are_refused_and_the_connection_goes_on()
    {
        _rig.Welcome();
        _rig.Come(new ClientFrame.MorePositions(Positions(0, 1), More: false));

        _rig.Refused(0, ErrorCode.BadRequest);
        _rig.Goodbye.ShouldBeNull();
    }

    [Fact]
    public void Each_frame_of_a_hello_has_the_time_of_a_hello_and_no_more()
    {
        _rig.Come(Hello([]) with { More = true });
        for (var n = 0; n < 5; n++)
        {
            _rig.Pass(Many.HelloTimeout - TimeSpan.FromSeconds(1));
            _rig.Come(new ClientFrame.MorePositions(Positions(n, 1), More: true));
        }

        _rig.Goodbye.ShouldBeNull();
        _rig.Pass(Many.HelloTimeout);

        _rig.Closed(CloseCode.HelloTimeout);
    }

    [Fact]
    public void A_hello_that_never_ends_is_closed_all_the_same()
    {
        _rig.Come(Hello([]) with { More = true });
        for (var n = 0; n < 2 * ConnectionPolicy.HelloFrames && _rig.Goodbye is null; n++)
        {
            _rig.Pass(Many.HelloTimeout - TimeSpan.FromSeconds(1));
            _rig.Come(new ClientFrame.MorePositions(Positions(n, 1), More: true));
        }

        _rig.Closed(CloseCode.HelloTimeout);
    }

    [Fact]
    public void A_client_that_took_long_to_say_hello_still_gets_the_time_that_an_answer_may_take()
    {
        _rig.Come(Hello([]) with { More = true });
        for (var n = 0; n < 5; n++)
        {
            _rig.Pass(Many.HelloTimeout - TimeSpan.FromSeconds(1));
            _rig.Come(new ClientFrame.MorePositions(Positions(n, 1), More: n < 4));
        }

        _rig.Pass(TimeSpan.FromSeconds(1));

        _rig.Goodbye.ShouldBeNull();
    }

    private static ChannelName Channel(int n) => ChannelName.Parse($"chat:{n}");

    private static List<ChannelPosition> Positions(int from, int count) =>
        [.. Enumerable.Range(from, count).Select(n => new ChannelPosition(Channel(n), new StreamPosition(new Epoch(5), n)))];

    private static SessionReply.Attached Attached(int subscriptions) => new(0, new Attachment(1, 2), null)
    {
        Subscriptions = [.. Enumerable.Range(0, subscriptions).Select(n => new SessionSubscription(Channel(n), null, null))],
    };

    private ClientFrame.Hello Hello(IReadOnlyList<ChannelPosition> positions) =>
        new(9) { Session = _rig.Setup.ResumeTokens.Issue(new SessionId(33)), Positions = positions };
}
