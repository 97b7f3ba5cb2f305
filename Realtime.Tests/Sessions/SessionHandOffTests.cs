using Realtime.Cluster.Journal;
using Realtime.Messages.Entities;
using Realtime.Messages.Errors;
using Realtime.Messages.Frames;
using Realtime.Messages.Exports;
using Realtime.Node.Sessions;
using Realtime.Node.Sessions.Core;

namespace Realtime.Tests.Sessions;

/// <summary>How a session goes from one node to another, and how it stops when it has gone already.</summary>
public sealed class SessionHandOffTests
{
    private readonly SessionRig _rig = new();

    [Fact]
    public void The_successor_goes_on_with_everything_and_the_connection_notices_nothing()
    {
        var attached = _rig.OpenAndWrite(SessionRig.Ann with { Expires = 9_000_000 });
        _rig.Set("k", "v");
        _rig.Finish();
        _rig.Ask(new SessionRequest.Ack(attached.Attachment, [new ChannelPosition(SessionRig.Chat, SessionRig.At(5))]));

        _rig.HandOff();
        _rig.TakeOver();

        var tag = _rig.Subscribe(SessionRig.Other);
        _rig.Answers[tag].ShouldBeOfType<SessionReply.Done>();
        _rig.Dismissed.ShouldBeEmpty();
        _rig.Presence.ShouldBe(["join chat:room"], "said again, because a channel may have forgotten it meanwhile; nobody left");
        var next = _rig.Attach().ShouldBeOfType<SessionReply.Attached>();
        (next.User, next.Expires, next.State.Single().Key).ShouldBe((SessionRig.Ann.User, 9_000_000, "k"));
        next.Subscriptions.Select(item => item.Position).ShouldBe([SessionRig.At(5), SessionRig.At(0)]);
        next.Attachment.ShouldBeGreaterThan(attached.Attachment);
        _rig.Dismissed.ShouldBe([(new(1), CloseCode.Superseded)]);
    }

    [Fact]
    public void What_was_to_be_written_later_is_written_by_the_successor()
    {
        _rig.Open();
        _rig.Subscribe(SessionRig.Chat);
        _rig.HandOff();
        _rig.Writes.ShouldBe(0);

        _rig.TakeOver();
        _rig.Fire(SessionTimer.WriteBehind);
        _rig.Finish();

        (_rig.Row!.Revision, _rig.Row.Record.Subscriptions.Count).ShouldBe((1, 1));
    }

    [Fact]
    public void The_write_under_way_is_answered_before_and_what_waits_behind_it_goes_along_in_order()
    {
        _rig.OpenAndWrite();
        var underWay = _rig.Set("a", "1");
        var staged = _rig.Set("b", "2");
        _rig.HandOff();
        var late = _rig.Set("b", "3");
        _rig.Exported.ShouldBeNull();

        _rig.Finish();

        _rig.Answers[underWay].ShouldBeOfType<SessionReply.Done>();
        _rig.HandedOver.Cast<SessionRequest.SetState>().Select(set => set.Value).ShouldBe([SessionRig.Text("2"), SessionRig.Text("3")]);
        _rig.TakeOver();
        _rig.Finish();
        _rig.Finish();
        (_rig.Answers[staged], _rig.Answers[late]).ShouldBe((new SessionReply.Done(), new SessionReply.Done()));
        _rig.Row!.Record.State["b"].Bytes.ToStringUtf8().ShouldBe("\"3\"");
    }

    [Fact]
    public void The_grace_time_goes_on_with_what_is_left_of_it()
    {
        _rig.OpenAndWrite();
        _rig.Detach();
        _rig.Now += 4000;
        _rig.HandOff();
        _rig.Now = 5;

        _rig.TakeOver();

        _rig.Timers[SessionTimer.Grace].ShouldBe(new SessionPolicy().Grace - TimeSpan.FromSeconds(4));
        _rig.Fire(SessionTimer.Grace);
        _rig.Presence.ShouldBe(["join chat:room", "left chat:room"]);
    }

    [Fact]
    public void A_session_nobody_stands_for_gets_a_grace_time_even_if_none_was_exported()
    {
        _rig.OpenAndWrite();
        _rig.HandOff();
        _rig.Exported!.Holder = null;

        _rig.TakeOver();

        _rig.Timers[SessionTimer.Grace].ShouldBe(new SessionPolicy().OrphanGrace);
    }

    [Fact]
    public void Bye_is_finished_first_and_leaves_nothing_to_take_over()
    {
        _rig.OpenAndWrite();
        _rig.Set("a", "1");
        var bye = _rig.Ask(new SessionRequest.End(_rig.Machine.Attachment));
        _rig.HandOff();
        _rig.Finish();
        _rig.Finish();

        _rig.Answers[bye].ShouldBeOfType<SessionReply.Done>();
        (_rig.Row, _rig.Exported).ShouldBe((null, null));
        _rig.Passivated.ShouldNotBeNull();
    }

    [Fact]
    public void Bye_the_store_refuses_is_refused_and_the_session_goes_on_as_one_that_was_left()
    {
        _rig.OpenAndWrite();
        var bye = _rig.Ask(new SessionRequest.End(_rig.Machine.Attachment));
        _rig.HandOff();
        _rig.Finish(WriteOutcome.Busy);

        _rig.Answers[bye].ShouldBeOfType<EntityReply.Refused>().Outcome.ShouldBe(Outcome.None);
        _rig.TakeOver();
        _rig.Timers.ShouldContainKey(SessionTimer.Grace);
        _rig.Attach().ShouldBeOfType<SessionReply.Attached>();
        _rig.Presence.ShouldBe(["left chat:room", "join chat:room"]);
    }

    [Fact]
    public void A_write_in_doubt_leaves_nothing_to_hand_on_but_the_row()
    {
        _rig.OpenAndWrite();
        var set = _rig.Set("a", "1");
        _rig.HandOff();
        _rig.Finish(WriteOutcome.Unknown);

        _rig.Answers[set].ShouldBeOfType<EntityReply.Refused>().Outcome.ShouldBe(Outcome.Unknown);
        _rig.Exported.ShouldBeNull();
        _rig.Passivated.ShouldNotBeNull().Orphaned.ShouldBeTrue();
        _rig.Forgotten.ShouldBe([new(1)]);
    }

    [Fact]
    public void A_fenced_write_was_not_done_and_the_session_stops_without_a_word_to_others()
    {
        _rig.OpenAndWrite();
        var underWay = _rig.Set("a", "1");
        var staged = _rig.Set("b", "2");

        _rig.Finish(WriteOutcome.Fenced);

        foreach (var tag in new[] { underWay, staged })
        {
            var refusal = _rig.Answers[tag].ShouldBeOfType<EntityReply.Refused>();
            (refusal.Code, refusal.Outcome).ShouldBe((ErrorCode.Unavailable, Outcome.None));
        }

        _rig.Passivated.ShouldNotBeNull().Orphaned.ShouldBeFalse();
        (_rig.Dismissed.Count, _rig.Presence.Count, _rig.Timers.Count, _rig.Write).ShouldBe((0, 0, 0, null));
    }

    [Theory]
    [InlineData(WriteOutcome.Committed)]
    [InlineData(WriteOutcome.Unknown)]
    [InlineData(WriteOutcome.Fenced)]
    [InlineData(WriteOutcome.Busy)]
    public void A_session_that_was_lost_waits_for_its_write_and_begins_no_other(WriteOutcome outcome)
    {
        _rig.OpenAndWrite();
        var underWay = _rig.Set("a", "1");
        var staged = _rig.Set("b", "2");
        _rig.Lose();
        var late = _rig.Set("c", "3");
        _rig.Passivated.ShouldBeNull();

        _rig.Finish(outcome);

        _rig.Passivated.ShouldNotBeNull().Orphaned.ShouldBeFalse();
        (_rig.Dismissed.Count, _rig.Presence.Count, _rig.Write).ShouldBe((0, 0, null));
        (_rig.Answers[underWay] is SessionReply.Done).ShouldBe(outcome is WriteOutcome.Committed);
        if (_rig.Answers[underWay] is EntityReply.Refused refused)
        {
            refused.Outcome.ShouldBe(outcome is WriteOutcome.Unknown ? Outcome.Unknown : Outcome.None);
        }

        _rig.Answers[staged].ShouldBeOfType<EntityReply.Refused>().Outcome.ShouldBe(Outcome.None);
        _rig.Answers.ContainsKey(late).ShouldBeFalse();
        _rig.HandedOver.ShouldHaveSingleItem();
    }

    [Fact]
    public void A_session_that_was_lost_while_it_was_to_end_answers_and_deletes_nothing()
    {
        _rig.OpenAndWrite();
        _rig.Set("a", "1");
        var bye = _rig.Ask(new SessionRequest.End(_rig.Machine.Attachment));
        _rig.Lose();

        _rig.Finish(WriteOutcome.Fenced);

        _rig.Answers[bye].ShouldBeOfType<EntityReply.Refused>().Outcome.ShouldBe(Outcome.None);
        _rig.Passivated.ShouldNotBeNull();
        _rig.Row.ShouldNotBeNull();
    }

    [Fact]
    public void Garbage_and_exports_without_sense_are_no_sessions()
    {
        Should.Throw<InvalidDataException>(() => SessionExports.Read(new byte[] { 0xff, 0xff, 0xff }));
        Should.Throw<InvalidDataException>(() => SessionExports.Read(ReadOnlyMemory<byte>.Empty));
    }

    [Fact]
    public void Fields_of_an_export_keep_their_numbers() =>
        SessionReflection.Descriptor.MessageTypes.SelectMany(message => message.Fields.InDeclarationOrder())
            .Select(field => $"{field.ContainingType.Name}.{field.Name}={field.FieldNumber}").ShouldBe(
            [
                "ExportedSession.record=1", "ExportedSession.revision=2", "ExportedSession.dirty=3", "ExportedSession.expires_at=4",
                "ExportedSession.withdrawn=5", "ExportedSession.holder=6", "ExportedSession.released=7", "ExportedSession.grace_left=8", "ExportedSession.attempt=9",
                "ExportedSession.history=10", "ExportedSession.since=11", "ExportedSession.dismissed=12",
                "ExportedOccurrence.what=1", "ExportedOccurrence.at=2", "ExportedOccurrence.node=3", "ExportedOccurrence.why=4",
                "ExportedHolder.node=1", "ExportedHolder.connection=2", "ExportedHolder.incarnation=3",
            ]);
}
