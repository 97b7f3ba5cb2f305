using Realtime.Messages.Persisted.Events;
using Realtime.Node.Persistence.Events;

namespace Realtime.Tests.Persistence;

/// <summary>Every number that stands in a row. The lists may only grow: give the new thing a new number, and keep retired ones listed and reserved.</summary>
public sealed class FrozenEventsTests
{
    [Fact]
    public void Kinds_of_events() => Enum.GetValues<EventKind>().Select(kind => $"{kind}={(int)kind}")
        .ShouldBe(["Opened=1", "ChannelAppended=2", "SessionSaved=3", "Ended=4", "KeysAppended=5"]);

    [Fact]
    public void Fields_of_events() => EventsReflection.Descriptor.MessageTypes
        .SelectMany(message => message.NestedTypes.Prepend(message))
        .SelectMany(message => message.Fields.InDeclarationOrder())
        .Select(field => $"{field.FullName["realtime.events.".Length..]}={field.FieldNumber}:{(field.IsRepeated ? "repeated " : "")}{field.FieldType}")
        .ShouldBe(
        [
            "EventEnvelope.writer=1:Int64",
            "EventEnvelope.store=2:Fixed64",
            "EventEnvelope.instance=3:Fixed64",
            "EventEnvelope.first_append=4:Int64",
            "EventEnvelope.appends=5:Int32",
            "EventEnvelope.epoch=6:Fixed64",
            "EventEnvelope.kind=7:Int32",
            "EventEnvelope.first_offset=8:Int64",
            "EventEnvelope.messages=9:Int32",
            "EventEnvelope.body=11:Bytes",
            "EventEnvelope.checksum=12:Fixed32",
            "OpenedBody.kept_kind=1:Int32",
            "OpenedBody.kept=2:Bytes",
            "ChannelAppendedBody.at=1:Int64",
            "ChannelAppendedBody.producers=2:repeated String",
            "ChannelAppendedBody.messages=3:repeated Message",
            "ChannelAppendedBody.tail=4:Int64",
            "MessageRecord.payload=1:Bytes",
            "MessageRecord.binary=2:Bool",
            "MessageRecord.from_session=3:Bytes",
            "MessageRecord.user=4:String",
            "MessageRecord.tags=5:repeated Message",
            "MessageRecord.no_echo=6:Bool",
            "MessageRecord.at_delta=7:SInt64",
            "MessageRecord.producer=8:Int32",
            "MessageRecord.sequence=9:SInt64",
            "MessageRecord.except_session=10:Bytes",
            "MessageRecord.expires=11:Int64",
            "TagRecord.key=1:String",
            "TagRecord.value=2:String",
            "SessionRecord.user=1:String",
            "SessionRecord.identity_expires=2:Int64",
            "SessionRecord.subscriptions=3:repeated Message",
            "SessionRecord.state=4:repeated Message",
            "SessionRecord.attempt=5:Int64",
            "SessionRecord.ordinal=6:Int64",
            "SessionRecord.touched=7:Int64",
            "SessionRecord.parked=8:Bool",
            "SessionRecord.identity_issued=9:Int64",
            "SessionRecord.identity_info=10:Message",
            "SessionRecord.identity_grants=11:repeated Message",
            "SessionRecord.opening=12:Bool",
            "SessionRecord.closing=13:String",
            "SessionRecord.StateEntry.key=1:String",
            "SessionRecord.StateEntry.value=2:Message",
            "GrantRecord.pattern=1:String",
            "GrantRecord.rights=2:Int32",
            "PayloadRecord.bytes=1:Bytes",
            "PayloadRecord.binary=2:Bool",
            "SubscriptionRecord.channel=1:String",
            "SubscriptionRecord.epoch=2:Fixed64",
            "SubscriptionRecord.offset=3:Int64",
            "SubscriptionRecord.presence=4:Message",
            "SubscriptionRecord.by_server=5:Bool",
            "SubscriptionRecord.token_until=6:Int64",
            "EndedBody.at=1:Int64",
            "KeysAppendedBody.keys=1:repeated Message",
            "KeyRecord.id=1:UInt32",
            "KeyRecord.key=2:Bytes",
            "ChannelSnapshotRecord.writer=1:Int64",
            "ChannelSnapshotRecord.store=2:Fixed64",
            "ChannelSnapshotRecord.epoch=3:Fixed64",
            "ChannelSnapshotRecord.head=4:Int64",
            "ChannelSnapshotRecord.tail=5:Int64",
            "ChannelSnapshotRecord.deleted=6:Int64",
            "ChannelSnapshotRecord.bytes=7:Int64",
            "ChannelSnapshotRecord.last_at=8:Int64",
            "ChannelSnapshotRecord.index=9:repeated SInt64",
            "ChannelSnapshotRecord.producers=10:repeated Message",
            "ChannelSnapshotRecord.checksum=15:Fixed32",
            "ProducerRecord.id=1:String",
            "ProducerRecord.last_at=2:Int64",
            "ProducerRecord.forgotten=3:SInt64",
            "ProducerRecord.marks=4:repeated SInt64",
        ]);
}
