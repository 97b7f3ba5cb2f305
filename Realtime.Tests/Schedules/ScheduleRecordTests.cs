using Realtime.Messages.Channels;
using Realtime.Messages.Errors;
using Realtime.Messages.Ids;
using Realtime.Messages.Positions;
using Realtime.Node.Asking;
using Realtime.Node.Publishing;
using Realtime.Node.Schedules;
using Realtime.Node.Schedules.Core;

namespace Realtime.Tests.Schedules;

/// <summary>What is written down comes back as it was, and what is not known is passed over.</summary>
public sealed class ScheduleRecordTests
{
    private static readonly ChannelName Channel = ChannelName.Parse("chat:ü");
    private static readonly ScheduleId Id = ScheduleId.Of(495_000, [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]);

    private static readonly PublishItem Item = new([Channel], new Payload(new byte[] { 0, 255 }, IsBinary: true))
    {
        Tags = [new("id", "mine"), new("b", "")],
        IdempotencyKey = "order 17\u00e9",
        Expected = new StreamPosition(new Epoch(77), 5),
        TimeToLive = TimeSpan.FromSeconds(1.5),
        Except = new SessionId(new UInt128(1, 2)),
        At = 495_000L * 3_600_000,
    };

    [Fact]
    public void An_id_is_its_hour_and_is_read_back_from_its_text_alone()
    {
        Id.Hour.ShouldBe(495_000);
        ScheduleId.TryParse(Id.ToString(), out var again).ShouldBeTrue();
        again.ShouldBe(Id);
        ProducerId.TryRead(Id.Producer.Value, out _).ShouldBeTrue();
        foreach (var text in new[] { null, "", "x", Id.ToString()[..21], Id + "A", Id.ToString()[..21] + "B", Id.ToString()[..21] + "*" })
        {
            ScheduleId.TryParse(text, out _).ShouldBeFalse(text);
        }
    }

    [Fact]
    public void What_is_made_is_read_back_with_all_that_its_message_needs()
    {
        var entry = new ScheduleEntry(Id, Channel, Item.At!.Value, "backend", 2) { Key = Item.IdempotencyKey, TimeToLive = 1500 };
        var made = Read(ScheduleRecord.Making(entry, Item)).ShouldBeOfType<ScheduleRecord.Made>();

        (made.Id, made.Entry.Channel, made.Entry.Due, made.Entry.Owner, made.Entry.Size, made.Entry.Key, made.Entry.TimeToLive)
            .ShouldBe((Id, Channel, Item.At!.Value, "backend", 2, Item.IdempotencyKey, 1500));
        (made.Item.Payload, made.Item.Expected, made.Item.Except).ShouldBe((Item.Payload, Item.Expected, Item.Except));
        made.Item.Tags.ShouldBe(Item.Tags);
    }

    [Fact]
    public void Claims_and_ends_are_read_back()
    {
        Read(ScheduleRecord.Claim(Id)).ShouldBe(new ScheduleRecord.Claimed(Id, 9));
        foreach (var end in new[] { new ScheduleEnd(ScheduleState.Fired, "a:1"), new ScheduleEnd(ScheduleState.Refused, null, "conflict", "why"), new ScheduleEnd(ScheduleState.Cancelled) })
        {
            Read(ScheduleRecord.EndClaimed(Id, end)).ShouldBe(new ScheduleRecord.Ended(Id, end, 9));
        }

        ScheduleRecord.Claim(Id).Sequence.ShouldBe(ScheduleRecord.EndUnclaimed(Id, new ScheduleEnd(ScheduleState.Cancelled)).Sequence, "of a claim and a cancellation the log takes one");
        ScheduleRecord.Read(new LogMessage(1, default, 9) { Tags = [new("id", Id.ToString()), new("is", "Nonsense")] }).ShouldBeNull();
        ScheduleRecord.Read(new LogMessage(1, default, 9)).ShouldBeNull();
    }

    [Fact]
    public void Questions_reach_another_node_as_they_were_asked()
    {
        var make = new ScheduleQuestion.Make(Channel, Item.At!.Value, "backend", Item);
        var read = ScheduleQuestion.Read(make.ToInquiry()).ShouldBeOfType<ScheduleQuestion.Make>();
        (read.Channel, read.Due, read.Owner, read.Item.Payload, read.Item.IdempotencyKey, read.Item.Expected, read.Item.TimeToLive, read.Item.Except)
            .ShouldBe((Channel, make.Due, "backend", Item.Payload, Item.IdempotencyKey, Item.Expected, Item.TimeToLive, Item.Except));
        read.Item.Tags.ShouldBe(Item.Tags);
        foreach (var question in new ScheduleQuestion[]
        {
            new ScheduleQuestion.Find(Id), new ScheduleQuestion.Cancel(Id), new ScheduleQuestion.List("chat:", ScheduleState.Refused, (5, 7), 10), new ScheduleQuestion.List("", null, null, 1),
        })
        {
            ScheduleQuestion.Read(question.ToInquiry()).ShouldBe(question);
        }

        ScheduleQuestion.Read(make.ToInquiry() with { Path = ["others"] }).ShouldBeNull();
        ScheduleQuestion.Answer(new RequestFault(ErrorCode.Timeout, "why", null) { Outcome = Outcome.Unknown }).Status.ShouldBe(504);
    }

    private static ScheduleRecord? Read(ChannelRequest.Publish written) => ScheduleRecord.Read(new LogMessage(1, written.Payload, 9) { Tags = written.Tags });
}
