using Akka.Actor;
using Akka.Cluster.Sharding;
using Akka.Persistence;
using Akka.Persistence.TestKit;
using Akka.TestKit;
using Realtime.Messages.Channels;
using Realtime.Messages.Entities;
using Realtime.Messages.Errors;
using Realtime.Messages.Ids;
using Realtime.Messages.Sessions;
using Realtime.Node.Sessions;
using static Realtime.Tests.Sessions.MachineRig;

namespace Realtime.Tests.Sessions;

/// <summary>The session as an actor.</summary>
[Collection(ActorSystems.Name)]
public sealed class SessionActorTests : SessionActorCase
{
    [Fact]
    public void The_newest_connection_holds_it_the_older_hears_so_and_without_one_attach_comes_first()
    {
        var session = Open();
        Ask<SessionReply.Attached>(session, AttachOf(attempt: 2), OtherClient);
        Client.ExpectMsg<SessionNews.Dismissed>(Deadline).Code.ShouldBe(CloseCode.Superseded);
        Ask<SessionReply.Superseded>(session, SubscribeTo(Chat), Client);

        Sys.Stop(OtherClient.Ref);
        AwaitPhase(session, SessionPhase.Detached);

        Ask<SessionReply.NotAttached>(session, SubscribeTo(Chat), Client);
    }

    [Fact]
    public void After_the_grace_time_the_channel_is_told_until_it_answers_and_the_session_leaves_memory()
    {
        var session = OpenAndWrite();
        Ask<SessionReply.Done>(session, tag => new SessionRequest.Detach(Id, tag));
        Clock.Advance(Policy.Grace - TimeSpan.FromMilliseconds(1));
        AwaitPhase(session, SessionPhase.Detached);
        Channels.HasMessages.ShouldBeFalse();

        Clock.Advance(TimeSpan.FromMilliseconds(1));
        var first = Channels.ExpectMsg<ChannelRequest.Withdraw>(Deadline);
        AwaitPhase(session, SessionPhase.Parked);
        Clock.Advance(Policy.WithdrawAgain);
        Channels.ExpectMsg<ChannelRequest.Withdraw>(Deadline).ShouldBe(first);
        session.Tell(new ChannelReply.Noted(first.Tag), Channels.Ref);

        Passivate(session);
        Load();
        Ask<SessionReply.Attached>(Session(), AttachOf(attempt: 9)).Subscriptions.ShouldHaveSingleItem().Channel.ShouldBe(Chat);
    }

    [Fact]
    public async Task State_is_answered_after_its_commit_and_not_before()
    {
        var session = OpenAndWrite();
        var written = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await WithJournalWrite(
            write => write.SetInterceptorAsync(new HeldWrite(written.Task)),
            () =>
            {
                var set = Send(session, SetOf("theme", "dark"));
                Ask<SessionReply.Done>(session, tag => new SessionRequest.RemoveSubscription(Id, tag, Other));
                Client.HasMessages.ShouldBeFalse();
                written.SetResult();
                Client.ExpectMsg<SessionReply.Done>(Deadline).Tag.ShouldBe(set);
            });
    }

    [Fact]
    public async Task A_persist_that_fails_is_settled_by_the_next_recovery_and_nothing_else_is_lost()
    {
        var session = OpenAndWrite();
        Ask<SessionReply.Done>(session, SetOf("a", "1"));
        await WithJournalWrite(
            write => write.Fail(),
            () =>
            {
                var set = Send(session, SetOf("b", "2"));
                AwaitAssert(
                    () =>
                    {
                        var probe = CreateTestProbe();
                        session.Tell(new SessionRequest.SetState(Id, 1, "c", null), probe.Ref);
                        probe.ExpectMsg<SessionReply.Superseded>(Deadline);
                        Client.HasMessages.ShouldBeFalse("its outcome is not known");
                        Ask<SessionReply.Refused>(session, SetOf("c", "3")).Code.ShouldBe(ErrorCode.Unavailable);
                    },
                    Deadline);
                set.ShouldBeGreaterThan(0);
            });

        // The back-off passes; the log says that the append is not there.
        AwaitAssert(
            () =>
            {
                Clock.Advance(TimeSpan.FromSeconds(1));
                Client.HasMessages.ShouldBeTrue();
            },
            Deadline);
        Client.ExpectMsg<SessionReply.Refused>(Deadline).Outcome.ShouldBe(Outcome.None);
        Ask<SessionReply.Done>(session, SetOf("c", "3"));
        Stop(session);
        Load();
        Ask<SessionReply.Attached>(Session(), AttachOf()).State.Select(entry => entry.Key).ShouldBe(["a", "c"]);
    }

    [Fact]
    public async Task A_session_that_cannot_be_read_back_says_unavailable_and_is_there_when_the_journal_answers()
    {
        Stop(OpenAndWrite());
        IActorRef session = ActorRefs.Nobody;
        await WithJournalRecovery(
            recovery => recovery.Fail(),
            () =>
            {
                session = Load();
                Ask<SessionReply.Refused>(session, AttachOf()).ShouldSatisfyAllConditions(
                    refused => refused.Code.ShouldBe(ErrorCode.Unavailable), refused => refused.RetryAfter!.Value.ShouldBeGreaterThan(0));
            });

        Clock.Advance(TimeSpan.FromSeconds(1));
        Passivate(session);
        Load();
        Ask<SessionReply.Attached>(Session(), AttachOf()).Subscriptions.Count.ShouldBe(1);
    }

    [Fact]
    public void Bye_is_answered_when_it_is_committed_and_the_session_stays_ended()
    {
        var session = OpenAndWrite();
        var held = new HeldSession(Ask<SessionReply.Attached>(session, AttachOf()).Attachment, []);

        Ask<SessionReply.Done>(session, tag => new SessionRequest.End(Id, tag));
        session.Tell(new ChannelReply.Noted(Channels.ExpectMsg<ChannelRequest.Withdraw>(Deadline).Tag));
        Passivate(session);

        Load();
        Ask<SessionReply.Unknown>(Session(), AttachOf(held: held));
        Passivate(Session());

        Load();
        Ask<SessionReply.Done>(Session(), tag => new SessionRequest.End(Id, tag));
    }

    [Fact]
    public void A_session_expires_only_when_its_time_is_over()
    {
        Stop(OpenAndWrite());
        var session = Load();
        Clock.Advance(Policy.TimeToLive / 2);
        Ask<SessionReply.Kept>(session, tag => new SessionRequest.ExpireIfIdle(Id, tag));
        Passivate(session);
        Clock.Advance(Policy.TimeToLive / 2);

        session = Load();
        Ask<SessionReply.Done>(session, tag => new SessionRequest.ExpireIfIdle(Id, tag));
        session.Tell(new ChannelReply.Noted(Channels.ExpectMsg<ChannelRequest.Withdraw>(Deadline).Tag));
        Passivate(session);

        Load();
        Ask<SessionReply.Unknown>(Session(), AttachOf());
    }

    [Fact]
    public void What_reaches_a_session_that_is_leaving_memory_is_answered_by_the_next_actor()
    {
        Stop(OpenAndWrite());
        var session = Load();
        Ask<SessionReply.Inspected>(session, tag => new SessionRequest.Inspect(Id, tag));
        var passivate = Shard.ExpectMsg<Passivate>(Deadline);

        var attach = Send(session, AttachOf());
        RegionProbe.ExpectMsg<SessionRequest.Attach>(Deadline).Tag.ShouldBe(attach);
        RegionProbe.LastSender.ShouldBe(Client.Ref);

        Shard.Watch(session);
        session.Tell(passivate.StopMessage, Shard.Ref);
        Shard.ExpectTerminated(session, Deadline);
    }

    [Fact]
    public async Task A_hand_off_during_a_persist_answers_what_is_under_way_and_the_connection_attaches_again()
    {
        var session = OpenAndWrite();
        var attached = Ask<SessionReply.Attached>(session, AttachOf());
        var written = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Shard.Watch(session);
        await WithJournalWrite(
            write => write.SetInterceptorAsync(new HeldWrite(written.Task)),
            () =>
            {
                var set = Send(session, SetOf("theme", "dark"));
                session.Tell(SessionHandOff.Instance, Shard.Ref);
                Ask<SessionReply.Retry>(session, SubscribeTo(Other));
                written.SetResult();
                Client.ExpectMsg<SessionReply.Done>(Deadline).Tag.ShouldBe(set);
                Client.ExpectMsg<SessionNews.Moved>(Deadline);
                Shard.ExpectTerminated(session, Deadline);
            });

        Load();
        var again = Ask<SessionReply.Attached>(Session(), AttachOf(held: new HeldSession(attached.Attachment, attached.Subscriptions)));
        (again.Attachment, again.State.Count).ShouldBe((attached.Attachment, 1));
    }

    [Fact]
    public void A_grace_time_is_handed_to_the_successor()
    {
        var session = OpenAndWrite();
        Ask<SessionReply.Done>(session, tag => new SessionRequest.Detach(Id, tag));
        Shard.Watch(session);
        session.Tell(SessionHandOff.Instance, Shard.Ref);
        Shard.ExpectTerminated(session, Deadline);

        var successor = Load();
        successor.Tell(RegionProbe.ExpectMsg<SessionRequest.ContinueGrace>(Deadline));
        AwaitPhase(successor, SessionPhase.Detached);
        Clock.Advance(Policy.Grace);
        Channels.ExpectMsg<ChannelRequest.Withdraw>(Deadline).Channel.ShouldBe(Chat);
    }

    [Fact]
    public void A_session_that_fails_stops_its_connection_attaches_again_and_nothing_is_forgotten()
    {
        var session = OpenAndWrite();
        var attached = Ask<SessionReply.Attached>(session, AttachOf());
        Ask<SessionReply.Done>(session, SetOf("a", "1"));
        Shard.Watch(session);

        // A request that no connection sends, which the machine cannot handle.
        Metrics.Sessions.ShouldBe(1);
        Send(session, tag => new SessionRequest.PutSubscription(Id, tag, null!));
        Client.ExpectMsg<SessionNews.Moved>(Deadline);
        Shard.ExpectTerminated(session, Deadline);
        Metrics.Sessions.ShouldBe(0);

        Load();
        Ask<SessionReply.NotAttached>(Session(), SubscribeTo(Other));
        Passivate(Session());
        Load();
        var held = new HeldSession(attached.Attachment, attached.Subscriptions);
        Ask<SessionReply.Attached>(Session(), AttachOf(held: held)).State.ShouldHaveSingleItem().Key.ShouldBe("a");
        Ask<SessionReply.Done>(Session(), SubscribeTo(Other));
    }

    [Fact]
    public void A_session_whose_log_another_node_owns_stops_and_confirms_nothing()
    {
        var session = OpenAndWrite();
        Shard.Watch(session);
        var shard = Shard;
        var successor = Load(new Incarnation(2));
        Ask<SessionReply.Attached>(successor, AttachOf(attempt: 99), OtherClient);
        Ask<SessionReply.Done>(successor, SetOf("theirs", "1"), OtherClient);

        Send(session, SetOf("ours", "1"));
        Client.ExpectMsg<SessionNews.Moved>(Deadline);
        shard.ExpectTerminated(session, Deadline);

        Ask<SessionReply.Attached>(successor, AttachOf(attempt: 99), OtherClient).State.Select(entry => entry.Key).ShouldBe(["theirs"]);
    }

    [Fact]
    public void A_session_that_has_nothing_to_write_has_no_log()
    {
        var session = OpenAndWrite();
        LogOf(session).ShouldBeNull();

        Ask<SessionReply.Done>(session, SetOf("a", "1"));
        LogOf(session).ShouldNotBeNull("the next write needs no read");
        Clock.Advance(Policy.LogLinger);
        AwaitAssert(() => LogOf(session).ShouldBeNull(), Deadline);
    }

    private sealed class HeldWrite(Task until) : IJournalInterceptor
    {
        public Task InterceptAsync(IPersistentRepresentation message) => until;
    }
}
