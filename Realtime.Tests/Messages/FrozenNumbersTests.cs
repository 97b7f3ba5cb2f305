using Google.Protobuf.Reflection;
using Realtime.Messages.Entities;
using Realtime.Messages.Errors;
using Realtime.Messages.Frames;
using Realtime.Messages.Exports;
using Realtime.Messages.Persisted;
using Realtime.Messages.Positions;

namespace Realtime.Tests.Messages;

/// <summary>
/// Every number that reaches a disk, a peer or a client. These lists may only grow. A red test here means that an old store or an old
/// client would read something else than was meant: give the new thing a new number, and keep retired ones listed and reserved.
/// </summary>
public sealed class FrozenNumbersTests
{
    [Fact]
    public void Error_codes() => Frozen<ErrorCode>(
        "BadRequest=100", "UnknownType=101", "NotFound=102", "Unauthorized=103", "TokenExpired=104", "Forbidden=105", "NotSubscribed=106",
        "TooLarge=107", "TooMany=108", "RateLimited=109", "SeqExpired=110", "Unavailable=111", "StorageFull=112", "Timeout=113", "Internal=114");

    [Fact]
    public void Close_codes() => Frozen<CloseCode>(
        "Normal=1000", "ProtocolError=1002", "InvalidText=1007", "MessageTooBig=1009", "Overloaded=1013", "Restart=4000", "Silent=4001",
        "TooSlow=4002", "SessionUnavailable=4003", "InternalFault=4004", "HelloTimeout=4005", "TokenExpired=4006",
        "Disconnected=4007", "Drain=4100",
        "Superseded=4200", "Ended=4201", "HelloExpected=4202", "Unauthorized=4203", "Flood=4204", "Kicked=4205");

    [Fact]
    public void Kinds_of_entities() => Frozen<EntityKind>("Session=1", "Channel=2");

    [Fact]
    public void Reasons_of_gaps() => Frozen<GapReason>("Trimmed=1", "Epoch=2", "Ahead=3", "Lagged=4", "Corrupt=5");

    [Fact]
    public void Outcomes_of_requests() => Frozen<Outcome>("None=1", "Unknown=2");

    [Fact]
    public void Phases_of_sessions() => Frozen<SessionPhase>("Attached=1", "Detached=2", "Parked=3");

    [Fact]
    public void Changes_of_sessions() => Frozen<SessionChange>(
        "Opened=1", "Attached=2", "Detached=3", "Superseded=4", "Moved=5", "Adopted=6", "Loaded=7", "Parked=8", "Disconnected=9");

    [Fact]
    public void Changes_of_presence() => Frozen<PresenceChange>("Joined=1", "Left=2", "Changed=3");

    [Fact]
    public void Actions_after_a_close() => Frozen<CloseAction>("Reconnect=1", "Resume=2", "Final=3");

    [Fact]
    public void Fields_of_persisted_records()
    {
        var fields = FieldsOf(JournalReflection.Descriptor);

        fields.ShouldBe(
            [
                "realtime.persisted.MessageRecord.payload=1:Bytes",
                "realtime.persisted.MessageRecord.binary=2:Bool",
                "realtime.persisted.MessageRecord.from_session=3:Bytes",
                "realtime.persisted.MessageRecord.user=4:String",
                "realtime.persisted.MessageRecord.tags=5:repeated Message",
                "realtime.persisted.MessageRecord.no_echo=6:Bool",
                "realtime.persisted.TagRecord.key=1:String",
                "realtime.persisted.TagRecord.value=2:String",
                "realtime.persisted.SessionRecord.user=1:String",
                "realtime.persisted.SessionRecord.identity_expires=2:Int64",
                "realtime.persisted.SessionRecord.subscriptions=3:repeated Message",
                "realtime.persisted.SessionRecord.state=4:repeated Message",
                "realtime.persisted.SessionRecord.attach=5:Int64",
                "realtime.persisted.SessionRecord.StateEntry.key=1:String",
                "realtime.persisted.SessionRecord.StateEntry.value=2:Message",
                "realtime.persisted.PayloadRecord.bytes=1:Bytes",
                "realtime.persisted.PayloadRecord.binary=2:Bool",
                "realtime.persisted.SubscriptionRecord.channel=1:String",
                "realtime.persisted.SubscriptionRecord.epoch=2:Fixed64",
                "realtime.persisted.SubscriptionRecord.offset=3:Int64",
                "realtime.persisted.SubscriptionRecord.presence=4:Message",
                "realtime.persisted.SubscriptionRecord.by_server=5:Bool",
            ],
            ignoreOrder: true);
    }

    [Fact]
    public void Fields_of_what_a_channel_hands_over() => FieldsOf(ChannelReflection.Descriptor).ShouldBe(
        [
            "realtime.exports.ChannelExport.listeners=1:repeated Message",
            "realtime.exports.ChannelExport.presence=2:Message",
            "realtime.exports.ChannelExport.log=3:Message",
            "realtime.exports.ChannelExport.Listener.node=1:String",
            "realtime.exports.ChannelExport.Listener.generation=2:Int64",
            "realtime.exports.ChannelExport.Presence.members=1:repeated Message",
            "realtime.exports.ChannelExport.Presence.revision=2:Int64",
            "realtime.exports.ChannelExport.Presence.uncounted=3:Int32",
            "realtime.exports.ChannelExport.Presence.uncounted_left=4:Int64",
            "realtime.exports.ChannelExport.Presence.adoption_left=5:Int64",
            "realtime.exports.ChannelExport.Presence.departed=6:repeated Bytes",
            "realtime.exports.ChannelExport.Member.session=1:Bytes",
            "realtime.exports.ChannelExport.Member.user=2:String",
            "realtime.exports.ChannelExport.Member.data=3:Bytes",
            "realtime.exports.ChannelExport.Member.binary=4:Bool",
            "realtime.exports.ChannelExport.Member.unclaimed_left=5:Int64",
            "realtime.exports.ChannelExport.Log.epoch=1:Fixed64",
            "realtime.exports.ChannelExport.Log.head=2:Int64",
            "realtime.exports.ChannelExport.Log.tail=3:Int64",
            "realtime.exports.ChannelExport.Log.last_at=4:Int64",
            "realtime.exports.ChannelExport.Log.messages=5:repeated Message",
            "realtime.exports.ChannelExport.Log.producers=6:repeated Message",
            "realtime.exports.ChannelExport.Message.payload=1:Bytes",
            "realtime.exports.ChannelExport.Message.binary=2:Bool",
            "realtime.exports.ChannelExport.Message.at=3:Int64",
            "realtime.exports.ChannelExport.Message.from_session=4:Bytes",
            "realtime.exports.ChannelExport.Message.user=5:String",
            "realtime.exports.ChannelExport.Message.tags=6:repeated Message",
            "realtime.exports.ChannelExport.Message.no_echo=7:Bool",
            "realtime.exports.ChannelExport.Tag.key=1:String",
            "realtime.exports.ChannelExport.Tag.value=2:String",
            "realtime.exports.ChannelExport.Producer.id=1:String",
            "realtime.exports.ChannelExport.Producer.marks=2:repeated Message",
            "realtime.exports.ChannelExport.Mark.count=1:Int64",
            "realtime.exports.ChannelExport.Mark.sequence=2:Int64",
            "realtime.exports.ChannelExport.Mark.offset=3:Int64",
            "realtime.exports.ChannelExport.Mark.at=4:Int64",
        ],
        ignoreOrder: true);

    private static IEnumerable<string> FieldsOf(FileDescriptor file) => file.MessageTypes
        .SelectMany(message => message.NestedTypes.Prepend(message))
        .SelectMany(message => message.Fields.InDeclarationOrder())
        .Select(field => $"{field.FullName}={field.FieldNumber}:{(field.IsRepeated ? "repeated " : "")}{field.FieldType}");

    private static void Frozen<T>(params string[] members)
        where T : struct, Enum =>
        Enum.GetValues<T>().Select(member => $"{member}={Convert.ToInt32(member, null)}").ShouldBe(members);
}
