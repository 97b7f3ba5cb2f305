using System.Buffers;
using Google.Protobuf;
using Realtime.Cluster.Links;
using Realtime.Messages.Entities;
using Wire = Realtime.Messages.Links;

namespace Realtime.Tests.Links;

/// <summary>What a peer must not say is refused with the name of the field, and without what stood in it.</summary>
public sealed class LinkCodecFaultTests
{
    private const string Secret = "secret";

    private static readonly ByteString Session = ByteString.CopyFrom(new byte[15].Append((byte)1).ToArray());
    private static readonly Wire.Position NoEpoch = new() { Offset = 1 };
    private static readonly Wire.Position Position = new() { Epoch = 1, Offset = 1 };
    private static readonly Wire.Position Negative = new() { Epoch = 1, Offset = -1 };
    private static readonly string LongName = Secret + new string('x', 195);

    public static TheoryData<string, Wire.Frame> Frames()
    {
        var rows = new TheoryData<string, Wire.Frame>();
        void Row(string field, Wire.Frame frame) => rows.Add(field, frame);
        void News(string field, Wire.News news) => Row(field, new Wire.Frame { News = news });
        void Reply(string field, Wire.Reply reply) => Row(field, new Wire.Frame { Reply = reply });
        void ToChannel(string field, Wire.Request request)
        {
            request.Epoch = 1;
            request.Entity = 2;
            request.Key = "a";
            Row(field, new Wire.Frame { Request = request });
        }

        void ToSession(string field, Wire.Request request)
        {
            request.Epoch = 1;
            request.Entity = 1;
            request.Key = LinkSamples.Session.ToString();
            Row(field, new Wire.Frame { Request = request });
        }

        Row("a frame has no kind", new Wire.Frame());
        Row("a request has no kind", new Wire.Frame { Request = new Wire.Request { Epoch = 1, Entity = 2, Key = "a" } });
        Row("a reply has no kind", new Wire.Frame { Reply = new Wire.Reply() });
        Row("a message to a node has no kind", new Wire.Frame { News = new Wire.News() });
        Row("request.epoch", new Wire.Frame { Request = new Wire.Request { Entity = 2, Key = "a", WhoIsHere = new() } });
        Row("request.epoch", new Wire.Frame { Request = new Wire.Request { Entity = 2, Key = "a", Epoch = -1, WhoIsHere = new() } });
        Row("request.shard", new Wire.Frame { Request = new Wire.Request { Entity = 2, Key = "a", Epoch = 1, Shard = -1, WhoIsHere = new() } });
        Row("request.entity", new Wire.Frame { Request = new Wire.Request { Entity = 3, Key = "a", Epoch = 1, WhoIsHere = new() } });
        Row("request.entity", new Wire.Frame { Request = new Wire.Request { Key = "a", Epoch = 1, WhoIsHere = new() } });
        Row("request.entity", new Wire.Frame { Request = new Wire.Request { Entity = 1, Key = LinkSamples.Session.ToString(), Epoch = 1, WhoIsHere = new() } });
        Row("request.entity", new Wire.Frame { Request = new Wire.Request { Entity = 2, Key = "a", Epoch = 1, Orphaned = new() } });
        Row("request.key", new Wire.Frame { Request = new Wire.Request { Entity = 2, Key = LongName, Epoch = 1, WhoIsHere = new() } });
        Row("request.key", new Wire.Frame { Request = new Wire.Request { Entity = 1, Key = Secret, Epoch = 1, Orphaned = new() } });
        Row("moved.owner", new Wire.Frame { Moved = new Wire.Moved { Owner = -1 } });
        Row("moved.epoch", new Wire.Frame { Moved = new Wire.Moved { Epoch = -1 } });
        Row("moved.shard", new Wire.Frame { Moved = new Wire.Moved { Shard = -1 } });
        Row("view_changed.version", new Wire.Frame { ViewChanged = new Wire.ViewChanged { Version = -1 } });
        Row("status.connections", new Wire.Frame { Status = new Wire.Status { Connections = -1 } });
        Row("stage.entity", new Wire.Frame { Stage = new Wire.Stage { Entity = 9, Key = "a" } });
        Row("stage.key", new Wire.Frame { Stage = new Wire.Stage { Entity = 2, Key = "" } });
        Row("stage_end.shards", new Wire.Frame { StageEnd = new Wire.StageEnd { Shards = { 1, -1 } } });
        Row("stage_end.entities", new Wire.Frame { StageEnd = new Wire.StageEnd { Entities = -1 } });
        Row("inquiry.question", new Wire.Frame { Inquiry = new Wire.Inquiry { Question = ByteString.CopyFrom(new byte[LinkFrame.Inquiry.MostBytes + 1]) } });
        Row("answer.content", new Wire.Frame { Answer = new Wire.Answer { Content = ByteString.CopyFrom(new byte[LinkFrame.Inquiry.MostBytes + 1]) } });
        Row("unanswered.why", new Wire.Frame { Unanswered = new Wire.Unanswered { Why = Secret + new string('x', LinkFrame.Unanswered.LongestWhy) } });
        Row("staged.entities", new Wire.Frame { Staged = new Wire.Staged { Entities = -1 } });

        ToChannel("publish.session", new Wire.Request { Publish = new Wire.Publish { Session = ByteString.CopyFromUtf8(Secret) } });
        ToChannel("publish.user", new Wire.Request { Publish = new Wire.Publish { User = LongName } });
        ToChannel("publish.user", new Wire.Request { Publish = new Wire.Publish { User = "" } });
        ToChannel("publish.producer", new Wire.Request { Publish = new Wire.Publish { Producer = Secret + "!" } });
        ToChannel("publish.sequence", new Wire.Request { Publish = new Wire.Publish { Sequence = -1 } });
        ToChannel("locate.from is missing", new Wire.Request { Locate = new Wire.Locate() });
        ToChannel("locate.from has no kind", new Wire.Request { Locate = new Wire.Locate { From = new Wire.Start() } });
        ToChannel("locate.from", new Wire.Request { Locate = new Wire.Locate { From = new Wire.Start { At = NoEpoch } } });
        ToChannel("locate.from", new Wire.Request { Locate = new Wire.Locate { From = new Wire.Start { Last = -1 } } });
        ToChannel("locate.from", new Wire.Request { Locate = new Wire.Locate { From = new Wire.Start { Ago = double.NaN } } });
        ToChannel("locate.from", new Wire.Request { Locate = new Wire.Locate { From = new Wire.Start { Ago = -1 } } });
        ToChannel("read.after is missing", new Wire.Request { Read = new Wire.Read() });
        ToChannel("read.after", new Wire.Request { Read = new Wire.Read { After = Negative } });
        ToChannel("read.limit", new Wire.Request { Read = new Wire.Read { After = Position, Limit = -1 } });
        ToChannel("read.max_bytes", new Wire.Request { Read = new Wire.Read { After = Position, MaxBytes = -1 } });
        ToChannel("read_history.limit", new Wire.Request { ReadHistory = new Wire.ReadHistory { From = new Wire.Start { Live = true }, Limit = -1 } });
        ToChannel("listen.node", new Wire.Request { Listen = new Wire.Listen() });
        ToChannel("listen.known", new Wire.Request { Listen = new Wire.Listen { Node = "a", Known = new Wire.Roster { Count = -1 } } });
        ToChannel("listen.known", new Wire.Request { Listen = new Wire.Listen { Node = "a", Known = new Wire.Roster { CountedOnly = true, Members = { new Wire.Member() } } } });
        ToChannel("member.session", new Wire.Request { Listen = new Wire.Listen { Node = "a", Known = new Wire.Roster { Members = { new Wire.Member() } } } });
        ToChannel("member.data is missing", new Wire.Request { Listen = new Wire.Listen { Node = "a", Known = new Wire.Roster { Members = { new Wire.Member { Session = Session } } } } });
        ToChannel("unlisten.node", new Wire.Request { Unlisten = new Wire.Unlisten { Node = LongName } });
        ToChannel("announce.session", new Wire.Request { Announce = new Wire.Announce { Data = new() } });
        ToChannel("announce.data is missing", new Wire.Request { Announce = new Wire.Announce { Session = Session } });
        ToChannel("withdraw.session", new Wire.Request { Withdraw = new Wire.Withdraw { Session = ByteString.CopyFrom(new byte[16]) } });
        ToSession("attach.node", new Wire.Request { Attach = new Wire.Attach() });
        ToSession("attach.connection", new Wire.Request { Attach = new Wire.Attach { Node = "a", Connection = -1 } });
        ToSession("identity.user", new Wire.Request { Attach = new Wire.Attach { Node = "a", Identity = new Wire.Identity() } });
        ToSession("put_subscription.subscription is missing", new Wire.Request { PutSubscription = new() });
        ToSession("subscription.channel", new Wire.Request { PutSubscription = new() { Subscription = new Wire.Subscription { Channel = LongName } } });
        ToSession("subscription.position", new Wire.Request { PutSubscription = new() { Subscription = new Wire.Subscription { Channel = "a", Position = NoEpoch } } });
        ToSession("remove_subscription.channel", new Wire.Request { RemoveSubscription = new() { Channel = " " + Secret } });
        ToSession("update_presence.data is missing", new Wire.Request { UpdatePresence = new() { Channel = "a" } });
        ToSession("set_state.attachment", new Wire.Request { SetState = new() { Attachment = -1 } });
        ToSession("ack.positions.channel", new Wire.Request { Ack = new() { Positions = { new Wire.ChannelPosition { Position = Position } } } });
        ToSession("ack.positions.position", new Wire.Request { Ack = new() { Positions = { new Wire.ChannelPosition { Channel = "a", Position = NoEpoch } } } });
        ToSession("refresh.identity is missing", new Wire.Request { Refresh = new() });
        ToSession("subscription.channel", new Wire.Request { Hold = new() { Node = "a", Subscriptions = { new Wire.Subscription() } } });

        ToSession("detach.why", new Wire.Request { Detach = new() { Why = 7 } });

        Reply("channel_inspected.head", new Wire.Reply { ChannelInspected = new() { Head = NoEpoch } });
        Reply("channel_inspected.pending", new Wire.Reply { ChannelInspected = new() { Pending = -1 } });
        Reply("channel_inspected.rate", new Wire.Reply { ChannelInspected = new() { Rate = double.NaN } });
        Reply("channel_inspected.listeners", new Wire.Reply { ChannelInspected = new() { Listeners = { "" } } });
        Reply("channel_inspected.members.session", new Wire.Reply { ChannelInspected = new() { Members = { new Wire.PresentMember() } } });
        Reply("session_inspected.phase", new Wire.Reply { SessionInspected = new() });
        Reply("session_inspected.node", new Wire.Reply { SessionInspected = new() { Phase = 1, Node = "" } });
        Reply("session_inspected.subscription_count", new Wire.Reply { SessionInspected = new() { Phase = 1, SubscriptionCount = -1 } });
        Reply("session_inspected.subscriptions.channel", new Wire.Reply { SessionInspected = new() { Phase = 1, Subscriptions = { new Wire.InspectedSubscription { Channel = LongName } } } });
        Reply("session_inspected.history.what", new Wire.Reply { SessionInspected = new() { Phase = 1, History = { new Wire.Occurrence { What = 99 } } } });
        Reply("refused.code", new Wire.Reply { Refused = new Wire.Refused { Code = 7, Text = Secret, Outcome = 1 } });
        Reply("refused.outcome", new Wire.Reply { Refused = new Wire.Refused { Code = 100 } });
        Reply("refused.retry_after", new Wire.Reply { Refused = new Wire.Refused { Code = 100, RetryAfter = -1, Outcome = 1 } });
        Reply("published.position", new Wire.Reply { Published = new Wire.Published { Position = NoEpoch } });
        Reply("page.head is missing", new Wire.Reply { Page = new Wire.Page { After = Position } });
        Reply("page.gap", new Wire.Reply { Page = new Wire.Page { After = Position, Head = Position, Gap = new Wire.Gap { Reason = 6, Position = Position } } });
        Reply("message.session", new Wire.Reply { Page = new Wire.Page { After = Position, Head = Position, Messages = { new Wire.LogMessage { Session = ByteString.CopyFrom(new byte[17]) } } } });
        Reply("message.offset", new Wire.Reply { HistoryPage = new Wire.HistoryPage { Messages = { new Wire.LogMessage { Offset = -1 } } } });
        Reply("located.gap", new Wire.Reply { Located = new Wire.Located { Position = Position, Head = Position, Gap = new Wire.Gap { Reason = 1 } } });
        Reply("present.presence is missing", new Wire.Reply { Present = new Wire.Present() });
        Reply("attached.state.value is missing", new Wire.Reply { Attached = new Wire.Attached { State = { new Wire.StateEntry { Key = Secret } } } });

        News("messages.channel", new Wire.News { Messages = new Wire.Messages { Channel = LongName } });
        News("message.user", new Wire.News { Messages = new Wire.Messages { Channel = "a", Items = { new Wire.LogMessage { User = LongName } } } });
        News("head.position", new Wire.News { Head = new Wire.Head { Channel = "a", Position = NoEpoch } });
        News("presence.change", new Wire.News { Presence = new Wire.PresenceChanged { Channel = "a" } });
        News("forgotten.channel", new Wire.News { Forgotten = new Wire.Forgotten { Channel = Secret + "\u0001" } });
        News("dismissed.code", new Wire.News { Dismissed = new Wire.Dismissed { Code = 1 } });
        News("digest.shards.shard", new Wire.News { Digest = new Wire.Digest { Node = "a", Shards = { new Wire.ShardInterest { Shard = -1 } } } });
        News("announce_again.shards", new Wire.News { AnnounceAgain = new Wire.AnnounceAgain { Shards = { -1 } } });
        return rows;
    }

    [Theory]
    [MemberData(nameof(Frames), DisableDiscoveryEnumeration = true)]
    public void A_bad_field_is_named(string field, Wire.Frame frame) => $"{Fault(frame.ToByteArray())} ".ShouldStartWith(field + " ");

    [Theory]
    [InlineData("9A0600", "a frame is of a kind that is not known here, field 99")]
    [InlineData("0A0E1801200222022A0161", "a frame is not protobuf: a field is longer than what it stands in")]
    [InlineData("0A0C180120022A01619A06020801", "a request is of a kind that is not known here, field 99")]
    [InlineData("12050801820400", "a reply is of a kind that is not known here, field 64")]
    [InlineData("2203B20400", "a message to a node is of a kind that is not known here, field 70")]
    [InlineData("0A0E180120022A01613A050A03320108", "locate.from is of a kind that is not known here, field 6")]
    [InlineData("", "a frame has no kind")]
    [InlineData("0801", "a frame has no kind")]
    [InlineData("0B", "a frame is not protobuf: a field of no known wire type")]
    [InlineData("2A02", "a frame is not protobuf: a field is longer than what it stands in")]
    [InlineData("2A0208", "a frame is not protobuf: a field is longer than what it stands in")]
    [InlineData("2A0108", "a frame is not protobuf: it ends within a number")]
    [InlineData("2A0108" + "3200", "a frame is not protobuf: a field goes on after the end of what it stands in")]
    [InlineData("FFFFFFFFFFFFFFFFFFFFFF", "a frame is not protobuf: a number is too long")]
    [InlineData("3A0610021A02C328", "a frame is not protobuf: a text is not UTF-8")]
    [InlineData("0000", "a frame is not protobuf: a field without a valid number")]
    [InlineData("8A808080800100", "a frame is not protobuf: a field without a valid number")]
    public void What_no_field_can_be_named_for_is_still_told_apart(string hex, string fault) => Fault(Convert.FromHexString(hex)).ShouldStartWith(fault);

    [Fact]
    public void A_new_field_of_a_known_kind_is_passed_over()
    {
        var frame = Convert.FromHexString("2A06084D" + "9A060161");
        new LinkCodec().Read(new ReadOnlySequence<byte>(frame)).ShouldBe(new LinkFrame.ViewChanged(77));
    }

    [Fact]
    public void A_message_that_has_no_form_on_links_is_not_written()
    {
        var output = new ArrayBufferWriter<byte>();
        var to = EntityAddress.Of(LinkSamples.Channel);
        Should.Throw<ArgumentOutOfRangeException>(() => new LinkCodec().Write(new LinkFrame.Request(1, default, 1, to, new Homemade()), output));
        Should.Throw<ArgumentOutOfRangeException>(() => new LinkCodec().Write(new LinkFrame.Reply(1, new HomemadeReply()), output));
        Should.Throw<ArgumentOutOfRangeException>(() => new LinkCodec().Write(new LinkFrame.News(new HomemadeNews()), output));
        output.WrittenCount.ShouldBe(0);
    }

    private static string Fault(byte[] bytes)
    {
        var fault = Should.Throw<InvalidDataException>(() => new LinkCodec().Read(new ReadOnlySequence<byte>(bytes)));
        fault.InnerException.ShouldBeNull();
        fault.ToString().ShouldNotContain(Secret);
        return fault.Message;
    }

    private sealed record Homemade : EntityMessage;

    private sealed record HomemadeReply : EntityReply;

    private sealed record HomemadeNews : NodeMessage;
}
