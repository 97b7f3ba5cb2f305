using System.Collections.Concurrent;
using Akka.Actor;
using Akka.TestKit.Xunit;
using Realtime.Messages.Channels;
using Realtime.Messages.Errors;
using Realtime.Messages.Ids;
using Realtime.Messages.Sessions;
using Realtime.Node.Asking;
using Realtime.Node.Events;
using Realtime.Node.Outboxes;
using Realtime.Tests.Support;

namespace Realtime.Tests.Events;

/// <summary>Who is asked for a report when a node is gone.</summary>
[Collection(ActorSystems.Name)]
public sealed class ReportRequestsTests : TestKit
{
    private static readonly ChannelName Room = ChannelName.Parse("chat:room");
    private static readonly ChannelName Other = ChannelName.Parse("chat:other");

    private readonly ConcurrentQueue<object> _asked = [];

    public ReportRequestsTests()
        : base(TestHocon.Silent)
    {
    }

    [Fact]
    public async Task Each_channel_is_asked_with_its_members_in_pages_and_sessions_that_have_just_begun_are()
    {
        List<EventReport> stand =
        [
            Opened(1, since: 1_000), Opened(2, since: 10_000_000), Opened(3, since: 10_000_000 - (15 * 60 * 1_000)), Opened(4, since: null),
            new EventReport(EventKind.ChannelOccupied, Room, default, null), new EventReport(EventKind.ChannelOccupied, Other, default, null),
            .. Enumerable.Range(1, 1_500).Select(member => new EventReport(EventKind.MemberJoined, Room, new SessionId((UInt128)member), null)),
        ];

        await Requests(_ => null).AskAsync(stand, TestContext.Current.CancellationToken).Within("all to be asked");

        _asked.OfType<SessionRequest.Report>().Select(request => (int)request.Session.Value).ShouldBe([2, 3, 4], ignoreOrder: true);
        var channels = _asked.OfType<ChannelRequest.Report>().ToList();
        channels.Where(request => request.Channel == Other).ShouldHaveSingleItem().Members.ShouldBeEmpty();
        channels.Where(request => request.Channel == Room).Select(request => request.Members.Count).ShouldBe([1_000, 500], ignoreOrder: true);
    }

    [Fact]
    public async Task A_channel_that_does_not_exist_any_more_is_left_alone_and_one_that_is_moving_is_asked_again()
    {
        var again = 0;

        await Requests(request => request switch
        {
            ChannelRequest.Report { Channel: var channel } when channel == Room => new ChannelReply.Refused(1, ErrorCode.NotFound, "not configured"),
            SessionRequest.Report when Interlocked.Increment(ref again) < 3 => new SessionReply.Retry(1),
            _ => null,
        }).AskAsync([Opened(1, since: 1), new EventReport(EventKind.ChannelOccupied, Room, default, null)], TestContext.Current.CancellationToken).Within("all to be asked");

        (again, _asked.Count).ShouldBe((3, 4));
    }

    private static EventReport Opened(int session, long? since) => new(EventKind.SessionOpened, null, new SessionId((UInt128)session), null) { Since = since };

    private ReportRequests Requests(Func<object, object?> answer)
    {
        var region = Sys.ActorOf(Props.Create(() => new Region(_asked, answer)));
        return new ReportRequests(new ChannelAsks(() => region, TimeProvider.System), new SessionAsks(() => region, TimeProvider.System), TimeProvider.System);
    }

    private sealed class Region(ConcurrentQueue<object> asked, Func<object, object?> answer) : UntypedActor
    {
        protected override void OnReceive(object message)
        {
            asked.Enqueue(message);
            Sender.Tell(answer(message) ?? (message is SessionRequest ? new SessionReply.Done(1) : new ChannelReply.Noted(1)));
        }
    }
}
