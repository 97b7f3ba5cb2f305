using System.Text;
using Realtime.Cluster.Links;
using Realtime.Messages.Entities;
using Realtime.Messages.Errors;
using Realtime.Messages.Frames;
using Realtime.Messages.Ids;
using Realtime.Messages.Positions;

namespace Realtime.Tests.Links;

/// <summary>Frames written by hand: every record at least once, with what is easily lost (nothing, null, empty, none, the ends of numbers).</summary>
internal static class LinkSamples
{
    public static ChannelName Channel { get; } = ChannelName.Parse("chat:lobby");

    public static SessionId Session { get; } = new(new UInt128(0x0001_0203_0405_0607, 0x0809_0A0B_0C0D_0E0F));

    public static StreamPosition Position { get; } = new(new Epoch(0xA1B2), 7);

    public static IReadOnlyList<LinkFrame> All { get; } =
    [
        .. Requests().Select(message => (LinkFrame)new LinkFrame.Request(
            300, new ShardId(5), 9, message is ChannelRequest ? EntityAddress.Of(Channel) : EntityAddress.Of(Session), message)),
        .. Replies().Select(message => (LinkFrame)new LinkFrame.Reply(300, message)),
        .. News().Select(message => (LinkFrame)new LinkFrame.News(message)),
        new LinkFrame.Moved(300, new ShardId(5), 10, new Incarnation(4)),
        new LinkFrame.Moved(long.MinValue, default, 0, default),
        new LinkFrame.ViewChanged(77),
        new LinkFrame.Status(true, 6_000),
        new LinkFrame.Status(false, 0),
        new LinkFrame.Stage(3, EntityAddress.Of(Channel), new byte[] { 1, 2, 3 }, true),
        new LinkFrame.Stage(3, EntityAddress.Of(Session), ReadOnlyMemory<byte>.Empty, false),
        new LinkFrame.StageEnd(3, [new ShardId(0), new ShardId(300)], 12),
        new LinkFrame.StageEnd(3, [], 0),
        new LinkFrame.Staged(3, 12),
        new LinkFrame.StageDropped(3),
        new LinkFrame.Status(true, 1, true),
        new LinkFrame.StageEnd(3, [new ShardId(1)], 1, true),
        new LinkFrame.Inquiry(long.MaxValue, new byte[] { 0, 255 }),
        new LinkFrame.Inquiry(0, ReadOnlyMemory<byte>.Empty),
        new LinkFrame.Answer(-1, new byte[] { 0, 255 }),
        new LinkFrame.Answer(0, ReadOnlyMemory<byte>.Empty),
        new LinkFrame.Unanswered(5, "it will not"),
        new LinkFrame.Unanswered(5, ""),
    ];

    public static Payload Json(string text) => new(Encoding.UTF8.GetBytes(text));

    private static LogMessage Message(long offset) => new(offset, Json("{\"a\":1}"), 1_763_000_000_000, Session, new UserId("ann"))
    {
        Tags = [new("kind", "greeting"), new("", "")],
        Echo = false,
    };

    private static IEnumerable<EntityMessage> Requests()
    {
        var attachment = new AttachNumber(2);
        var identity = new SessionIdentity(new UserId("ann"), 1_763_000_000_000);
        var subscription = new SessionSubscription(Channel, Position, Json("{}"), true);
        var node = new NodeId("a");
        yield return new ChannelRequest.Publish(Json("1"), Session, new UserId("ann"))
        {
            Producer = ProducerId.FromStore("p-1"),
            Sequence = 0,
            Echo = false,
            Tags = [new("k", "v")],
        };
        yield return new ChannelRequest.Publish(new Payload(new byte[] { 0, 255 }, true), default, null);
        yield return new ChannelRequest.Locate(StartFrom.Live);
        yield return new ChannelRequest.Locate(StartFrom.Start);
        yield return new ChannelRequest.Locate(new StartFrom.At(Position));
        yield return new ChannelRequest.Locate(new StartFrom.Last(0));
        yield return new ChannelRequest.Locate(new StartFrom.Ago(0.5));
        yield return new ChannelRequest.Locate(new StartFrom.Ago(0));
        yield return new ChannelRequest.Read(Position, 100, 65_536);
        yield return new ChannelRequest.Read(default, 0, int.MaxValue);
        yield return new ChannelRequest.ReadHistory(new StartFrom.Last(10), 10, true);
        yield return new ChannelRequest.Listen(node, 4);
        yield return new ChannelRequest.Listen(node, 4) { Known = new PresenceSnapshot([new Member(Session, null, Json("{}"))], 1, 3) };
        yield return new ChannelRequest.Listen(node, 4) { Known = new PresenceSnapshot(null, 9_000, 3) };
        yield return new ChannelRequest.Listen(node, 4) { Known = new PresenceSnapshot([], 0, 0) };
        yield return new ChannelRequest.Unlisten(node, 4);
        yield return new ChannelRequest.Announce(Session, new UserId("ann"), Json("{}"));
        yield return new ChannelRequest.Announce(Session, null, default);
        yield return new ChannelRequest.Withdraw(Session);
        yield return new ChannelRequest.WhoIsHere();
        yield return new ChannelRequest.Inspect();
        yield return new ChannelRequest.Inspect(true);
        yield return new SessionRequest.Attach(node, new ConnectionId(17), true, identity);
        yield return new SessionRequest.Attach(node, default, false, null);
        yield return new SessionRequest.Attach(node, new ConnectionId(17), false, null) { Attempt = 1L << 53 };
        yield return new SessionRequest.PutSubscription(attachment, subscription);
        yield return new SessionRequest.PutSubscription(attachment, new SessionSubscription(Channel, null, null));
        yield return new SessionRequest.PutSubscription(attachment, new SessionSubscription(Channel, null, default(Payload)));
        yield return new SessionRequest.RemoveSubscription(attachment, Channel);
        yield return new SessionRequest.UpdatePresence(attachment, Channel, Json("2"));
        yield return new SessionRequest.SetState(attachment, "draft", Json("null"));
        yield return new SessionRequest.SetState(attachment, "", null);
        yield return new SessionRequest.SetState(attachment, "empty", default(Payload));
        yield return new SessionRequest.Ack(attachment, [new ChannelPosition(Channel, Position)]);
        yield return new SessionRequest.Ack(attachment, []);
        yield return new SessionRequest.Refresh(attachment, identity with { Expires = null });
        yield return new SessionRequest.Detach(attachment);
        yield return new SessionRequest.Detach(attachment) { Why = CloseCode.TooSlow };
        yield return new SessionRequest.End(attachment);
        yield return new SessionRequest.Hold(node, new ConnectionId(17), attachment, identity, [subscription]);
        yield return new SessionRequest.Hold(node, new ConnectionId(17), attachment, null, []);
        yield return new SessionRequest.Hold(node, new ConnectionId(17), attachment, null, []) { Attempt = 7, IsUnwritten = true };
        yield return new SessionRequest.Orphaned();
        yield return new SessionRequest.Probe(Channel);
        yield return new SessionRequest.Inspect();
        yield return new SessionRequest.Inspect(true);
        yield return new SessionRequest.Disconnect(true, null);
        yield return new SessionRequest.Disconnect(false, "");
    }

    private static IEnumerable<EntityReply> Replies()
    {
        var gap = new GapNotice(GapReason.Trimmed, Position, 3, 7);
        yield return new EntityReply.Refused(ErrorCode.Unavailable, "the store cannot be read now", 1_000, Outcome.Unknown);
        yield return new EntityReply.Refused(ErrorCode.Internal, "");
        yield return new EntityReply.Refused(ErrorCode.RateLimited, "", 0);
        yield return new ChannelReply.Published(Position);
        yield return new ChannelReply.Published(null);
        yield return new ChannelReply.Page(Position, [Message(8), new LogMessage(9, default, 0)], Position with { Offset = 9 }, gap);
        yield return new ChannelReply.Page(default, [], default, gap with { From = null, To = 0 });
        yield return new ChannelReply.Located(Position, Position, null, null);
        yield return new ChannelReply.Located(Position, Position, true, null);
        yield return new ChannelReply.Located(Position, Position, false, gap);
        yield return new ChannelReply.HistoryPage([Message(7)], Position, Position, true);
        yield return new ChannelReply.Listening(4, Position, null);
        yield return new ChannelReply.Listening(4, default, new PresenceSnapshot([], 0, 2));
        yield return ChannelReply.Noted.Instance;
        yield return new ChannelReply.Present(new PresenceSnapshot(null, 9_000, 4));
        yield return new ChannelReply.Present(new PresenceSnapshot([new Member(Session, new UserId("ann"), new Payload(new byte[] { 7 }, true))], 1, 4));
        yield return new ChannelReply.Inspected(new ChannelAccount("journal", Position, Position with { Offset = 0 }, 2, [new NodeId("a"), new NodeId("b")], 0.5)
        {
            MemberCount = 300, Members = [new PresentMember(Session, new UserId("ann")), new PresentMember(Session, null)],
        });
        yield return new ChannelReply.Inspected(new ChannelAccount("none", null, null, 0, [], 0));
        yield return new ChannelReply.Inspected(new ChannelAccount("none", null, null, 0, [], 0) { MemberCount = 0 });
        yield return new SessionReply.Attached(new AttachNumber(1), null, null);
        yield return new SessionReply.Attached(new AttachNumber(1), new UserId("ann"), 0)
        {
            Subscriptions = [new SessionSubscription(Channel, Position, null)],
            State = [new("z", Json("1")), new("a", new Payload(new byte[] { 1 }, true)), new("", default)],
        };
        yield return new SessionReply.Attached(new AttachNumber(1), null, null) { IsUnwritten = true };
        yield return new SessionReply.Unknown();
        yield return new SessionReply.Stale();
        yield return new SessionReply.Done();
        yield return new SessionReply.Inspected(new SessionAccount(SessionPhase.Parked, null, null, null, default, 0));
        yield return new SessionReply.Inspected(
            new SessionAccount(SessionPhase.Attached, new UserId("ann"), new NodeId("a"), new ConnectionId(17), new AttachNumber(2), 1)
            {
                Since = 0,
                Expires = 0,
                StateKeys = ["", "draft"],
                Subscriptions = [new SubscriptionAccount(Channel, Position, true, false), new SubscriptionAccount(Channel, null, false, true)],
                History = [new SessionOccurrence(SessionChange.Opened, 5, new NodeId("a"), null), new SessionOccurrence(SessionChange.Detached, 6, null, "")],
            });
    }

    private static IEnumerable<NodeMessage> News()
    {
        yield return new ChannelNews.Messages(Channel, Position.Epoch, [Message(8), Message(9)]);
        yield return new ChannelNews.Messages(Channel, default, [new LogMessage(0, new Payload(new byte[] { 9 }, true), -1)]);
        yield return new ChannelNews.Head(Channel, Position);
        yield return new ChannelNews.Presence(Channel, PresenceChange.Left, [new Member(Session, new UserId("ann"), Json("{}"))], 0, 5);
        yield return new ChannelNews.Presence(Channel, PresenceChange.Joined, [], 9_001, 6);
        yield return new ChannelNews.Forgotten(Channel);
        yield return new SessionNews.Dismissed(new ConnectionId(17), CloseCode.Superseded);
        yield return new SessionNews.Forgotten(new ConnectionId(17));
        yield return new InterestNews.Digest(new NodeId("a"), [new ShardInterest(new ShardId(0), 2, ulong.MaxValue), new ShardInterest(new ShardId(9), 0, 0)]);
        yield return new InterestNews.AnnounceAgain([new ShardId(0), new ShardId(4_095)]);
        yield return new InterestNews.AnnounceAgain([]);
    }
}
