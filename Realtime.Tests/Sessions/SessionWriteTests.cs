using Realtime.Cluster.Journal;
using Realtime.Messages.Entities;
using Realtime.Messages.Errors;
using Realtime.Messages.Ids;
using Realtime.Node.Sessions;
using Realtime.Node.Sessions.Core;

namespace Realtime.Tests.Sessions;

/// <summary>What of a session is written when, and what becomes of it when the store does not take it.</summary>
public sealed class SessionWriteTests
{
    private readonly SessionRig _rig = new(new SessionPolicy { StateKeys = 2, StateBytes = 40 });

    [Fact]
    public void Opening_and_subscribing_are_answered_at_once_and_written_behind_together()
    {
        _rig.Open();
        var tag = _rig.Subscribe(SessionRig.Chat);
        _rig.Subscribe(SessionRig.Other);

        _rig.Answers[tag].ShouldBeOfType<SessionReply.Done>();
        (_rig.Write, _rig.Timers[SessionTimer.WriteBehind]).ShouldBe((null, new SessionPolicy().WriteBehind));
        _rig.Fire(SessionTimer.WriteBehind);
        (_rig.Write!.ExpectedRevision, _rig.Write.Record!.Subscriptions.Count, _rig.Write.ExpiresAt).ShouldBe((0, 2, null));
    }

    [Fact]
    public void What_changes_while_a_write_is_under_way_is_written_after_it()
    {
        _rig.Open();
        _rig.Fire(SessionTimer.WriteBehind);
        _rig.Subscribe(SessionRig.Chat);
        _rig.Timers.ShouldBeEmpty();

        _rig.Finish();
        _rig.Fire(SessionTimer.WriteBehind);

        (_rig.Write!.ExpectedRevision, _rig.Write.Record!.Subscriptions.Count).ShouldBe((1, 1));
    }

    [Fact]
    public void State_is_answered_after_its_commit_and_reported_by_the_next_attachment()
    {
        _rig.OpenAndWrite();
        var tag = _rig.Set("k", "v");
        _rig.Answers.ContainsKey(tag).ShouldBeFalse();
        StateAfterAttach().ShouldBe("");

        _rig.Finish();

        _rig.Answers[tag].ShouldBeOfType<SessionReply.Done>();
        StateAfterAttach().ShouldBe("k");
        _rig.Set("k", null);
        _rig.Finish();
        StateAfterAttach().ShouldBe("");
    }

    [Theory]
    [InlineData(WriteOutcome.StorageFull, ErrorCode.StorageFull)]
    [InlineData(WriteOutcome.Busy, ErrorCode.Unavailable)]
    [InlineData(WriteOutcome.Unavailable, ErrorCode.Unavailable)]
    public void State_the_store_refuses_is_refused_and_rolled_back_and_the_rest_is_tried_again(WriteOutcome outcome, ErrorCode code)
    {
        _rig.OpenAndWrite();
        _rig.Set("k", "old");
        _rig.Finish();
        _rig.Subscribe(SessionRig.Other);
        var tag = _rig.Set("k", "new");

        _rig.Finish(outcome);

        var refusal = _rig.Answers[tag].ShouldBeOfType<EntityReply.Refused>();
        (refusal.Code, refusal.Outcome).ShouldBe((code, Outcome.None));
        _rig.Write.ShouldBeNull();
        _rig.Fire(SessionTimer.Retry);
        _rig.Write!.Record!.State["k"].Bytes.ToStringUtf8().ShouldBe("\"old\"");
        _rig.Write.Record.Subscriptions.Count.ShouldBe(2);
        _rig.Finish();
        _rig.Row!.Revision.ShouldBe(3);
    }

    [Fact]
    public void While_the_store_is_given_a_rest_a_new_change_waits_with_it()
    {
        _rig.OpenAndWrite();
        _rig.Set("a", "1");
        _rig.Finish(WriteOutcome.Unavailable);

        var tag = _rig.Set("b", "2");
        _rig.Write.ShouldBeNull();
        _rig.Fire(SessionTimer.Retry);
        _rig.Finish();

        _rig.Answers[tag].ShouldBeOfType<SessionReply.Done>();
        StateAfterAttach().ShouldBe("b");
    }

    [Fact]
    public void State_is_bounded_in_keys_and_in_bytes_with_what_is_still_under_way_counted()
    {
        _rig.OpenAndWrite();
        _rig.Set("a", "1");
        _rig.Set("b", "2");

        Refused(_rig.Set("c", "3")).ShouldBe(ErrorCode.TooMany);
        Refused(_rig.Set("b", new string('x', 60))).ShouldBe(ErrorCode.TooLarge);
        _rig.Set("a", null);
        _rig.Answers.ContainsKey(_rig.Set("c", "3")).ShouldBeFalse();

        ErrorCode Refused(long tag) => _rig.Answers[tag].ShouldBeOfType<EntityReply.Refused>().Code;
    }

    [Fact]
    public void Bye_is_answered_when_the_row_is_gone_and_nobody_can_resume_it()
    {
        _rig.OpenAndWrite();
        var tag = _rig.Ask(new SessionRequest.End(_rig.Machine.Attachment));
        _rig.Presence.ShouldBe(["left chat:room"]);
        _rig.Answers.ContainsKey(tag).ShouldBeFalse();
        _rig.Attach().ShouldBeOfType<SessionReply.Unknown>();

        _rig.Finish();

        _rig.Answers[tag].ShouldBeOfType<SessionReply.Done>();
        _rig.Row.ShouldBeNull();
        _rig.Passivated.ShouldNotBeNull();
        _rig.Reload();
        _rig.Attach().ShouldBeOfType<SessionReply.Unknown>();
    }

    [Fact]
    public void Bye_of_a_session_that_was_never_written_writes_nothing()
    {
        _rig.Open();

        var tag = _rig.Ask(new SessionRequest.End(_rig.Machine.Attachment));

        _rig.Answers[tag].ShouldBeOfType<SessionReply.Done>();
        (_rig.Writes, _rig.Passivated is null).ShouldBe((0, false));
    }

    [Fact]
    public void Bye_while_a_write_is_under_way_deletes_after_it_and_what_still_waited_is_answered()
    {
        _rig.OpenAndWrite();
        var underWay = _rig.Set("a", "1");
        var waiting = _rig.Set("b", "2");
        var bye = _rig.Ask(new SessionRequest.End(_rig.Machine.Attachment));

        _rig.Finish();
        _rig.Write!.Record.ShouldBeNull();
        _rig.Finish();

        _rig.Answers[underWay].ShouldBeOfType<SessionReply.Done>();
        _rig.Answers[waiting].ShouldBeOfType<EntityReply.Refused>().Outcome.ShouldBe(Outcome.None);
        _rig.Answers[bye].ShouldBeOfType<SessionReply.Done>();
        _rig.Row.ShouldBeNull();
    }

    [Fact]
    public void Bye_the_store_refuses_is_tried_again()
    {
        _rig.OpenAndWrite();
        var tag = _rig.Ask(new SessionRequest.End(_rig.Machine.Attachment));
        _rig.Finish(WriteOutcome.Busy);
        _rig.Answers.ContainsKey(tag).ShouldBeFalse();

        _rig.Fire(SessionTimer.Retry);
        _rig.Finish();

        _rig.Answers[tag].ShouldBeOfType<SessionReply.Done>();
        _rig.Row.ShouldBeNull();
    }

    [Theory]
    [InlineData(WriteOutcome.Conflict, Outcome.None)]
    [InlineData(WriteOutcome.Unknown, Outcome.Unknown)]
    public void A_row_that_is_not_what_the_entity_believes_answers_all_who_wait_and_loads_again(WriteOutcome outcome, Outcome told)
    {
        _rig.OpenAndWrite();
        var underWay = _rig.Set("a", "1");
        var waiting = _rig.Set("b", "2");

        _rig.Finish(outcome);

        _rig.Answers[underWay].ShouldBeOfType<EntityReply.Refused>().Outcome.ShouldBe(told);
        _rig.Answers[waiting].ShouldBeOfType<EntityReply.Refused>().Outcome.ShouldBe(Outcome.None);

        // Otherwise its connection would speak for a session that no longer knows it, and its presence would stay for ever.
        _rig.Forgotten.ShouldBe([new ConnectionId(1)]);
        _rig.Passivated.ShouldNotBeNull().Orphaned.ShouldBeTrue();
        _rig.Presence.Count.ShouldBe(outcome is WriteOutcome.Conflict ? 1 : 0);
    }

    [Fact]
    public void A_session_whose_first_write_is_in_doubt_is_no_longer_seen_by_anybody()
    {
        _rig.Open();
        _rig.Subscribe(SessionRig.Chat, "here");
        _rig.Fire(SessionTimer.WriteBehind);

        _rig.Finish(WriteOutcome.Unknown);

        _rig.Presence.ShouldBe(["join chat:room", "left chat:room"]);
    }

    [Fact]
    public void A_node_that_leaves_writes_every_session_as_one_that_may_come_back()
    {
        _rig.OpenAndWrite();
        _rig.Ask(new SessionRequest.Ack(_rig.Machine.Attachment, [new(SessionRig.Chat, SessionRig.At(8))]));

        _rig.Leave();
        _rig.Passivated.ShouldBeNull();
        _rig.Finish();

        (_rig.Row!.ExpiresAt, _rig.Row.Record.Subscriptions[0].Offset).ShouldBe((null, 8));
        _rig.Passivated.ShouldNotBeNull();
        _rig.Presence.ShouldBeEmpty();
    }

    private string StateAfterAttach() =>
        string.Join(' ', _rig.Attach().ShouldBeOfType<SessionReply.Attached>().State.Select(pair => pair.Key));
}
