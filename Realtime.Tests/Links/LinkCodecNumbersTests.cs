using System.Buffers;
using Google.Protobuf.Reflection;
using Realtime.Cluster.Links;
using Realtime.Messages.Entities;
using Realtime.Messages.Errors;
using Realtime.Messages.Frames;
using Realtime.Messages.Ids;
using Realtime.Messages.Positions;

namespace Realtime.Tests.Links;

/// <summary>
/// Every number that reaches a peer. The list may only grow: in a rolling upgrade a red test here is an old and a new node that read
/// different things in the same bytes.
/// </summary>
public sealed class LinkCodecNumbersTests
{
    [Fact]
    public void Fields_of_frames() =>
        string.Join('\n', Realtime.Messages.Links.LinkReflection.Descriptor.MessageTypes.Select(Line)).ShouldBe(Frozen, StringCompareShould.IgnoreLineEndings);

    [Fact]
    public void Names_that_peers_do_not_see_but_tools_do()
    {
        Realtime.Messages.Links.LinkReflection.Descriptor.Package.ShouldBe("realtime.links");
        Realtime.Messages.Links.LinkReflection.Descriptor.MessageTypes.ShouldAllBe(message => message.NestedTypes.Count == 0);
    }

    public static TheoryData<string, string> Golden() => new()
    {
        { "publish", "0A4208AC021005180920022A0A636861743A6C6F626279322B0A01311A10000102030405060708090A0B0C0D0E0F2203616E6E2A03702D313004380142060A016B120176" },
        { "attach", "0A3308011005180920012A1641414543417751464267634943516F4C4441304F44778202100A01611011180122070A03616E6E1000" },
        { "published", "121208AC021A0D0A0B09B2A10000000000001007" },
        { "refused", "121008AC02120B086F12026E6F18E8072002" },
        { "page", "123F08AC02223A0A0B09B2A10000000000001007120908081201FF180120051A0B09B2A1000000000000100822130801120B09B2A1000000000000100718032007" },
        { "attached", "123A08AC0282023408021203616E6E22210A0A636861743A6C6F626279120B09B2A100000000000010071A040A027B7D20012A080A016B12030A0131" },
        { "detach", "0A2808011005180920012A1641414543417751464267634943516F4C4441304F4477BA0205080210A11F" },
        { "disconnect", "0A2A08011005180920012A1641414543417751464267634943516F4C4441304F4477EA020708011203776879" },
        { "inspected", "124108AC02A2023B08011203616E6E1A016120112802300138054A016B521B0A0A636861743A6C6F626279120B09B2A1000000000000100718015A07080110051A0161" },
        { "moved", "1A0908AC021005180A2004" },
        { "messages", "22370A350A0A636861743A6C6F62627911B2A10000000000001A1E080812013120052A10000102030405060708090A0B0C0D0E0F3203616E6E" },
        { "presence", "222E1A2C0A0A636861743A6C6F62627910031A180A10000102030405060708090A0B0C0D0E0F1A040A027B7D20032804" },
        { "digest", "22158203120A0161120D08051002190807060504030201" },
        { "dismissed", "2208820205081110E820" },
        { "view changed", "2A02084D" },
        { "status", "3205080110F02E" },
        { "stage", "3A17080310021A0A636861743A6C6F62627922030102032801" },
        { "stage end", "42090803120300AC02180C" },
        { "staged", "4A040803100C" },
        { "stage dropped", "52020803" },
        { "status of one that answers", "3207080110F02E1801" },
        { "stage end of a held shard", "420A080312020000180C2001" },
        { "inquiry", "5A06080312020102" },
        { "answer", "6206080312020102" },
        { "unanswered", "6A06080312026E6F" },
    };

    [Theory]
    [MemberData(nameof(Golden))]
    public void Bytes_of_one_frame_of_each_kind(string kind, string hex)
    {
        var frame = Frames[kind];
        var output = new ArrayBufferWriter<byte>();
        new LinkCodec().Write(frame, output);
        Convert.ToHexString(output.WrittenSpan).ShouldBe(hex);
        LinkPicture.Of(new LinkCodec().Read(new ReadOnlySequence<byte>(Convert.FromHexString(hex)))).ShouldBe(LinkPicture.Of(frame));
    }

    [Fact]
    public void Every_kind_of_frame_has_its_bytes() =>
        Frames.Values.Select(frame => frame.GetType()).Distinct().ShouldBe(LinkFamilies.Frames, ignoreOrder: true);

    private static Dictionary<string, LinkFrame> Frames { get; } = new()
    {
        ["publish"] = new LinkFrame.Request(
            300, new ShardId(5), 9, EntityAddress.Of(LinkSamples.Channel), new ChannelRequest.Publish(LinkSamples.Json("1"), LinkSamples.Session, new UserId("ann"))
            {
                Producer = ProducerId.FromStore("p-1"),
                Sequence = 4,
                Echo = false,
                Tags = [new("k", "v")],
            }),
        ["attach"] = new LinkFrame.Request(
            1, new ShardId(5), 9, EntityAddress.Of(LinkSamples.Session), new SessionRequest.Attach(new NodeId("a"), new ConnectionId(17), true, new SessionIdentity(new UserId("ann"), 0))),
        ["published"] = new LinkFrame.Reply(300, new ChannelReply.Published(LinkSamples.Position)),
        ["refused"] = new LinkFrame.Reply(300, new EntityReply.Refused(ErrorCode.Unavailable, "no", 1_000, Outcome.Unknown)),
        ["page"] = new LinkFrame.Reply(300, new ChannelReply.Page(
            LinkSamples.Position, [new LogMessage(8, new Payload(new byte[] { 255 }, true), 5)], LinkSamples.Position with { Offset = 8 }, new GapNotice(GapReason.Trimmed, LinkSamples.Position, 3, 7))),
        ["attached"] = new LinkFrame.Reply(300, new SessionReply.Attached(new AttachNumber(2), new UserId("ann"), null)
        {
            Subscriptions = [new SessionSubscription(LinkSamples.Channel, LinkSamples.Position, LinkSamples.Json("{}"), true)],
            State = [new("k", LinkSamples.Json("1"))],
        }),
        ["detach"] = new LinkFrame.Request(
            1, new ShardId(5), 9, EntityAddress.Of(LinkSamples.Session), new SessionRequest.Detach(new AttachNumber(2)) { Why = CloseCode.Silent }),
        ["disconnect"] = new LinkFrame.Request(1, new ShardId(5), 9, EntityAddress.Of(LinkSamples.Session), new SessionRequest.Disconnect(true, "why")),
        ["inspected"] = new LinkFrame.Reply(300, new SessionReply.Inspected(
            new SessionAccount(SessionPhase.Attached, new UserId("ann"), new NodeId("a"), new ConnectionId(17), new AttachNumber(2), 1)
            {
                Since = 5,
                StateKeys = ["k"],
                Subscriptions = [new SubscriptionAccount(LinkSamples.Channel, LinkSamples.Position, true, false)],
                History = [new SessionOccurrence(SessionChange.Opened, 5, new NodeId("a"), null)],
            })),
        ["moved"] = new LinkFrame.Moved(300, new ShardId(5), 10, new Incarnation(4)),
        ["messages"] = new LinkFrame.News(new ChannelNews.Messages(
            LinkSamples.Channel, LinkSamples.Position.Epoch, [new LogMessage(8, LinkSamples.Json("1"), 5, LinkSamples.Session, new UserId("ann"))])),
        ["presence"] = new LinkFrame.News(new ChannelNews.Presence(
            LinkSamples.Channel, PresenceChange.Changed, [new Member(LinkSamples.Session, null, LinkSamples.Json("{}"))], 3, 4)),
        ["digest"] = new LinkFrame.News(new InterestNews.Digest(new NodeId("a"), [new ShardInterest(new ShardId(5), 2, 0x0102030405060708)])),
        ["dismissed"] = new LinkFrame.News(new SessionNews.Dismissed(new ConnectionId(17), CloseCode.Superseded)),
        ["view changed"] = new LinkFrame.ViewChanged(77),
        ["status"] = new LinkFrame.Status(true, 6_000),
        ["stage"] = new LinkFrame.Stage(3, EntityAddress.Of(LinkSamples.Channel), new byte[] { 1, 2, 3 }, true),
        ["stage end"] = new LinkFrame.StageEnd(3, [new ShardId(0), new ShardId(300)], 12),
        ["staged"] = new LinkFrame.Staged(3, 12),
        ["stage dropped"] = new LinkFrame.StageDropped(3),
        ["status of one that answers"] = new LinkFrame.Status(true, 6_000, true),
        ["stage end of a held shard"] = new LinkFrame.StageEnd(3, [new ShardId(0), new ShardId(0)], 12, true),
        ["inquiry"] = new LinkFrame.Inquiry(3, new byte[] { 1, 2 }),
        ["answer"] = new LinkFrame.Answer(3, new byte[] { 1, 2 }),
        ["unanswered"] = new LinkFrame.Unanswered(3, "no"),
    };

    private static string Line(MessageDescriptor message) => $"{message.Name}:" + string.Concat(
        message.Fields.InFieldNumberOrder().Select(field => $" {field.Name}={field.FieldNumber}:{(field.IsRepeated ? "*" : field.HasPresence && field.FieldType is not FieldType.Message ? "?" : "")}{(field.FieldType is FieldType.Message ? field.MessageType.Name : field.FieldType.ToString())}"));

    private const string Frozen = """
        Frame: request=1:Request reply=2:Reply moved=3:Moved news=4:News view_changed=5:ViewChanged status=6:Status stage=7:Stage stage_end=8:StageEnd staged=9:Staged stage_dropped=10:StageDropped inquiry=11:Inquiry answer=12:Answer unanswered=13:Unanswered
        Request: tag=1:Int64 shard=2:Int32 epoch=3:Int64 entity=4:Int32 key=5:String publish=6:Publish locate=7:Locate read=8:Read read_history=9:ReadHistory listen=10:Listen unlisten=11:Unlisten announce=12:Announce withdraw=13:Withdraw who_is_here=14:WhoIsHere inspect_channel=15:InspectChannel attach=32:Attach put_subscription=33:PutSubscription remove_subscription=34:RemoveSubscription update_presence=35:UpdatePresence set_state=36:SetState ack=37:Ack refresh=38:Refresh detach=39:Detach end=40:End hold=41:Hold orphaned=42:Orphaned probe=43:Probe inspect_session=44:InspectSession disconnect=45:Disconnect
        Reply: tag=1:Int64 refused=2:Refused published=3:Published page=4:Page located=5:Located history_page=6:HistoryPage listening=7:Listening noted=8:Noted present=9:Present channel_inspected=10:ChannelInspected attached=32:Attached unknown=33:Unknown stale=34:Stale done=35:Done session_inspected=36:SessionInspected
        Moved: tag=1:Int64 shard=2:Int32 epoch=3:Int64 owner=4:Int64
        News: messages=1:Messages head=2:Head presence=3:PresenceChanged forgotten=4:Forgotten dismissed=32:Dismissed session_forgotten=33:SessionForgotten digest=48:Digest announce_again=49:AnnounceAgain
        ViewChanged: version=1:Int64
        Status: commits=1:Bool connections=2:Int32 answers=3:Bool
        Stage: hand_off=1:Int64 entity=2:Int32 key=3:String state=4:Bytes last=5:Bool
        StageEnd: hand_off=1:Int64 shards=2:*Int32 entities=3:Int32 held=4:Bool
        Staged: hand_off=1:Int64 entities=2:Int32
        StageDropped: hand_off=1:Int64
        Inquiry: tag=1:Int64 question=2:Bytes
        Answer: tag=1:Int64 content=2:Bytes
        Unanswered: tag=1:Int64 why=2:String
        Position: epoch=1:Fixed64 offset=2:Int64
        Start: live=1:?Bool beginning=2:?Bool at=3:Position last=4:?Int32 ago=5:?Double
        Gap: reason=1:Int32 position=2:Position from=3:?Int64 to=4:?Int64
        Payload: bytes=1:Bytes binary=2:Bool
        Tag: key=1:String value=2:String
        LogMessage: offset=1:Int64 payload=2:Bytes binary=3:Bool at=4:Int64 session=5:Bytes user=6:?String tags=7:*Tag no_echo=8:Bool
        Member: session=1:Bytes user=2:?String data=3:Payload
        Roster: members=1:*Member counted_only=2:Bool count=3:Int32 revision=4:Int64 more=5:Bool
        Subscription: channel=1:String position=2:Position presence=3:Payload by_server=4:Bool
        Identity: user=1:String expires=2:?Int64
        ChannelPosition: channel=1:String position=2:Position
        StateEntry: key=1:String value=2:Payload
        Publish: payload=1:Bytes binary=2:Bool session=3:Bytes user=4:?String producer=5:?String sequence=6:?Int64 no_echo=7:Bool tags=8:*Tag trace=9:?Bytes
        Locate: from=1:Start
        Read: after=1:Position limit=2:Int32 max_bytes=3:Int32
        ReadHistory: from=1:Start limit=2:Int32 reverse=3:Bool
        Listen: node=1:String generation=2:Int64 known=3:Roster
        Unlisten: node=1:String generation=2:Int64
        Announce: session=1:Bytes user=2:?String data=3:Payload
        Withdraw: session=1:Bytes
        WhoIsHere:
        InspectChannel: brief=1:Bool
        Attach: node=1:String connection=2:Int64 create=3:Bool identity=4:Identity attempt=5:?Int64
        PutSubscription: attachment=1:Int64 subscription=2:Subscription
        RemoveSubscription: attachment=1:Int64 channel=2:String
        UpdatePresence: attachment=1:Int64 channel=2:String data=3:Payload
        SetState: attachment=1:Int64 key=2:String value=3:Payload
        Ack: attachment=1:Int64 positions=2:*ChannelPosition
        Refresh: attachment=1:Int64 identity=2:Identity
        Detach: attachment=1:Int64 why=2:?Int32
        End: attachment=1:Int64
        Hold: node=1:String connection=2:Int64 attachment=3:Int64 identity=4:Identity subscriptions=5:*Subscription attempt=6:?Int64 unwritten=7:Bool
        Orphaned:
        Probe: channel=1:String
        InspectSession: brief=1:Bool
        Disconnect: reconnect=1:Bool reason=2:?String
        Refused: code=1:Int32 text=2:String retry_after=3:?Int32 outcome=4:Int32
        Published: position=1:Position
        Page: after=1:Position messages=2:*LogMessage head=3:Position gap=4:Gap
        Located: position=1:Position head=2:Position recovered=3:?Bool gap=4:Gap
        HistoryPage: messages=1:*LogMessage position=2:Position head=3:Position more=4:Bool
        Listening: generation=1:Int64 head=2:Position presence=3:Roster
        Noted:
        Present: presence=1:Roster
        Attached: attachment=1:Int64 user=2:?String expires=3:?Int64 subscriptions=4:*Subscription state=5:*StateEntry unwritten=6:Bool
        Unknown:
        Stale:
        Done:
        ChannelInspected: durability=1:String head=2:Position tail=3:Position pending=4:Int32 listeners=5:*String rate=6:Double member_count=7:?Int32 members=8:*PresentMember
        PresentMember: session=1:Bytes user=2:?String
        SessionInspected: phase=1:Int32 user=2:?String node=3:?String connection=4:?Int64 attachment=5:Int64 subscription_count=6:Int32 since=7:?Int64 expires=8:?Int64 state_keys=9:*String subscriptions=10:*InspectedSubscription history=11:*Occurrence
        InspectedSubscription: channel=1:String position=2:Position present=3:Bool by_server=4:Bool
        Occurrence: what=1:Int32 at=2:Int64 node=3:?String why=4:?String
        Messages: channel=1:String epoch=2:Fixed64 items=3:*LogMessage traces=4:*Bytes
        Head: channel=1:String position=2:Position
        PresenceChanged: channel=1:String change=2:Int32 members=3:*Member count=4:Int32 revision=5:Int64
        Forgotten: channel=1:String
        Dismissed: connection=1:Int64 code=2:Int32
        SessionForgotten: connection=1:Int64
        Digest: node=1:String shards=2:*ShardInterest
        ShardInterest: shard=1:Int32 count=2:Int32 hash=3:Fixed64
        AnnounceAgain: shards=1:*Int32
        """;
}
