using FsCheck;
using FsCheck.Fluent;
using Realtime.Cluster.Membership;
using Realtime.Cluster.Sharding;
using Realtime.Messages.Entities;
using Realtime.Messages.Ids;
using Realtime.Node.Sessions;
using Realtime.Node.Sessions.Core;

namespace Realtime.Tests.Sessions;

/// <summary>Which connection stands for a session after its owner has changed without a hand-off.</summary>
public sealed class SessionHoldTests
{
    private readonly SessionRig _rig = new();

    [Fact]
    public void A_connection_that_holds_its_session_keeps_it_with_what_the_row_does_not_know_yet()
    {
        var attached = _rig.OpenAndWrite(SessionRig.Ann);
        _rig.Reload();
        SessionSubscription[] told = [new(SessionRig.Chat, SessionRig.At(8), SessionRig.Text("away")), new(SessionRig.Other, null, null)];

        _rig.Hold(attached.Attachment, told, SessionRig.Ann).ShouldBeOfType<SessionReply.Done>();

        _rig.Machine.IsAttached.ShouldBeTrue();
        _rig.Machine.Subscriptions.ShouldBe(told);
        _rig.Presence.ShouldBe(["join chat:room"]);
        _rig.Timers.ShouldNotContainKey(SessionTimer.Grace);
        var set = _rig.Set("k", "v");
        _rig.Finish();
        _rig.Answers[set].ShouldBeOfType<SessionReply.Done>();
    }

    [Fact]
    public void Holding_again_changes_nothing()
    {
        var attached = _rig.OpenAndWrite();
        var writes = _rig.Writes;

        _rig.Hold(attached.Attachment).ShouldBeOfType<SessionReply.Done>();
        _rig.Hold(attached.Attachment).ShouldBeOfType<SessionReply.Done>();

        (_rig.Writes, _rig.Timers.Count, _rig.Presence.Count, _rig.Dismissed.Count).ShouldBe((writes, 0, 0, 0));
        _rig.Machine.Attachment.ShouldBe(attached.Attachment);
    }

    [Fact]
    public void A_subscription_that_was_begun_again_further_back_is_held_from_there()
    {
        var attached = _rig.OpenAndWrite();
        _rig.Ask(new SessionRequest.Ack(attached.Attachment, [new(SessionRig.Chat, SessionRig.At(9))]));

        _rig.Hold(attached.Attachment, [new SessionSubscription(SessionRig.Chat, SessionRig.At(2), SessionRig.Text("here"))]);

        _rig.Machine.Subscriptions.ShouldHaveSingleItem().Position.ShouldBe(SessionRig.At(2));
    }

    [Fact]
    public void What_the_connection_left_while_the_owner_changed_is_left()
    {
        var attached = _rig.OpenAndWrite();

        _rig.Hold(attached.Attachment, []).ShouldBeOfType<SessionReply.Done>();

        _rig.Machine.Subscriptions.ShouldBeEmpty();
        _rig.Presence.ShouldBe(["left chat:room"]);
    }

    [Fact]
    public void An_attachment_given_out_by_a_new_owner_is_newer_than_all_its_predecessors_gave_out()
    {
        _rig.OpenAndWrite();
        AttachNumber last = default;
        for (var i = 0; i < 5; i++)
        {
            // None of these is written: a plain reconnect writes nothing.
            last = _rig.Attach().ShouldBeOfType<SessionReply.Attached>().Attachment;
        }

        var lastConnection = _rig.Connection.Value;
        _rig.Reload();
        var next = _rig.Attach().ShouldBeOfType<SessionReply.Attached>();

        next.Attachment.ShouldBeGreaterThan(last);
        _rig.Hold(last, connection: lastConnection).ShouldBeOfType<SessionReply.Stale>();
        _rig.Machine.Attachment.ShouldBe(next.Attachment);
    }

    [Fact]
    public void A_session_that_was_never_written_rises_again_by_the_connection_that_opened_it()
    {
        var attached = _rig.Open(SessionRig.Ann);
        _rig.Reload();
        SessionSubscription[] told = [new(SessionRig.Chat, SessionRig.At(3), SessionRig.Text("here"))];

        _rig.Hold(attached.Attachment, told, SessionRig.Ann).ShouldBeOfType<SessionReply.Done>();

        _rig.Fire(SessionTimer.WriteBehind);
        (_rig.Write!.ExpectedRevision, _rig.Write.Record!.User, _rig.Write.Record.Subscriptions.Count).ShouldBe((0, "ann", 1));
        _rig.Presence.ShouldBe(["join chat:room"]);
    }

    [Fact]
    public void A_session_that_ended_does_not_rise_again_by_a_connection_that_resumed_it()
    {
        _rig.OpenAndWrite();
        var resumed = _rig.Attach().ShouldBeOfType<SessionReply.Attached>();
        _rig.Ask(new SessionRequest.End(resumed.Attachment));
        _rig.Finish();
        _rig.Reload();

        _rig.Hold(resumed.Attachment).ShouldBeOfType<SessionReply.Unknown>();

        (_rig.Machine.Exists, _rig.Write).ShouldBe((false, null));
    }

    [Fact]
    public void A_session_that_is_about_to_end_cannot_be_held()
    {
        var attached = _rig.OpenAndWrite();
        _rig.Ask(new SessionRequest.End(attached.Attachment));

        _rig.Hold(attached.Attachment).ShouldBeOfType<SessionReply.Unknown>();
    }

    [Fact]
    public void Nobody_holds_the_session_of_another_user()
    {
        var attached = _rig.OpenAndWrite(SessionRig.Ann);
        _rig.Reload();

        _rig.Hold(attached.Attachment, identity: new SessionIdentity(new UserId("eve"), null)).ShouldBeOfType<SessionReply.Unknown>();
        _rig.Hold(attached.Attachment).ShouldBeOfType<SessionReply.Unknown>();
    }

    [Fact]
    public void A_connection_that_has_let_go_is_not_brought_back_by_what_it_said_before()
    {
        var attached = _rig.OpenAndWrite();
        _rig.Detach();

        _rig.Hold(attached.Attachment).ShouldBeOfType<SessionReply.Stale>();

        _rig.Machine.IsAttached.ShouldBeFalse();
        _rig.Timers.ShouldContainKey(SessionTimer.Grace);
    }

    [Fact]
    public void A_question_to_attach_that_is_asked_twice_dismisses_nobody()
    {
        var question = new SessionRequest.Attach(SessionRig.Node, new ConnectionId(5), true, null);

        var first = _rig.Answers[_rig.Ask(question)].ShouldBeOfType<SessionReply.Attached>();
        var second = _rig.Answers[_rig.Ask(question)].ShouldBeOfType<SessionReply.Attached>();

        second.Attachment.ShouldBe(first.Attachment);
        _rig.Dismissed.ShouldBeEmpty();
    }

    [Fact]
    public void Words_that_reach_a_new_owner_before_the_connection_has_announced_itself_count()
    {
        var attached = _rig.OpenAndWrite();
        _rig.Reload();

        var put = _rig.Subscribe(SessionRig.Other);
        var set = _rig.Ask(new SessionRequest.SetState(attached.Attachment, "k", SessionRig.Text("v")));
        _rig.Finish();

        _rig.Answers[put].ShouldBeOfType<SessionReply.Done>();
        _rig.Answers[set].ShouldBeOfType<SessionReply.Done>();
        _rig.Machine.Subscriptions.Count.ShouldBe(2);
    }

    [Fact]
    public void A_connection_that_goes_before_it_has_announced_itself_starts_the_grace_time()
    {
        var attached = _rig.OpenAndWrite();
        _rig.Reload();

        _rig.Answers[_rig.Ask(new SessionRequest.Detach(attached.Attachment))].ShouldBeOfType<SessionReply.Done>();

        _rig.Timers.ShouldContainKey(SessionTimer.Grace);
        _rig.Fire(SessionTimer.Grace);
        _rig.Presence.ShouldBe(["left chat:room"]);
    }

    [Fact]
    public void Bye_that_is_repeated_is_answered_with_the_first_and_bye_to_a_session_that_is_gone_is_done()
    {
        var attached = _rig.OpenAndWrite();
        var first = _rig.Ask(new SessionRequest.End(attached.Attachment));
        var second = _rig.Ask(new SessionRequest.End(attached.Attachment));
        _rig.Finish();
        (_rig.Answers[first], _rig.Answers[second]).ShouldBe((new SessionReply.Done(), new SessionReply.Done()));

        _rig.Reload();
        _rig.Answers[_rig.Ask(new SessionRequest.End(attached.Attachment))].ShouldBeOfType<SessionReply.Done>();
    }

    [Fact]
    public void An_orphan_is_announced_and_gets_its_grace_time_once_and_holding_ends_it()
    {
        var attached = _rig.OpenAndWrite();
        _rig.Reload();

        _rig.Answers[_rig.Ask(new SessionRequest.Orphaned())].ShouldBeOfType<SessionReply.Done>();
        _rig.Timers[SessionTimer.Grace] = TimeSpan.FromSeconds(1);
        _rig.Answers[_rig.Ask(new SessionRequest.Orphaned())].ShouldBeOfType<SessionReply.Done>();
        _rig.Timers[SessionTimer.Grace].ShouldBe(TimeSpan.FromSeconds(1));

        _rig.Hold(attached.Attachment);
        _rig.Timers.ShouldNotContainKey(SessionTimer.Grace);
        _rig.Presence.ShouldBe(["join chat:room"]);
    }

    [Fact]
    public void A_holder_whose_node_is_gone_has_the_grace_time_of_orphans_to_come_back()
    {
        var attached = _rig.OpenAndWrite();

        _rig.LoseHolder();

        _rig.Timers[SessionTimer.Grace].ShouldBe(new SessionPolicy().OrphanGrace);
        _rig.Presence.ShouldBeEmpty();
        _rig.Hold(attached.Attachment).ShouldBeOfType<SessionReply.Done>();
        _rig.Timers.ShouldBeEmpty();
    }

    [Fact]
    public void Presence_is_announced_again_where_the_channels_owner_may_have_forgotten_it()
    {
        _rig.OpenAndWrite();
        _rig.Subscribe(SessionRig.Other);
        var view = ClusterView.Alone(SessionRig.Node);

        _rig.Move(new OwnersChange(view, new HashSet<ShardId>()));
        _rig.Presence.ShouldBeEmpty();
        _rig.Move(new OwnersChange(view, new HashSet<ShardId> { new(0) }));

        _rig.Presence.ShouldBe(["join chat:room"]);
        _rig.Detach();
        _rig.Fire(SessionTimer.Grace);
        _rig.Move(new OwnersChange(view, new HashSet<ShardId> { new(0) }));
        _rig.Presence.ShouldBe(["join chat:room", "left chat:room"]);
    }

    [Fact]
    public void In_whatever_order_they_come_the_highest_attachment_holds_and_nobody_else() =>
        Prop.ForAll(Gen.Choose(0, 5).ListOf().ToArbitrary(), order =>
        {
            var rig = new SessionRig();
            List<(long Connection, AttachNumber Attachment)> given = [(1, rig.OpenAndWrite().Attachment)];
            for (var i = 0; i < 3; i++)
            {
                given.Add((rig.Connection.Value + 1, rig.Attach().ShouldBeOfType<SessionReply.Attached>().Attachment));
            }

            rig.Reload();
            var highest = default(AttachNumber);
            long holder = 0;
            foreach (var choice in order)
            {
                if (choice == 5)
                {
                    rig.Ask(new SessionRequest.Orphaned());
                }
                else if (choice == 4)
                {
                    (holder, highest) = (rig.Connection.Value + 1, rig.Attach().ShouldBeOfType<SessionReply.Attached>().Attachment);
                }
                else
                {
                    var (connection, attachment) = given[choice];
                    var wins = attachment >= highest;
                    rig.Hold(attachment, connection: connection).ShouldBe(wins ? new SessionReply.Done() : new SessionReply.Stale());
                    (holder, highest) = wins ? (connection, attachment) : (holder, highest);
                }

                (rig.Machine.Holder?.Connection.Value ?? 0).ShouldBe(holder);
                rig.Timers.ContainsKey(SessionTimer.Grace).ShouldBe(holder == 0);
            }

            return true;
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(200).WithQuietOnSuccess(true));
}
