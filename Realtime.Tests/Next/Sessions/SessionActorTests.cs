using Akka.Actor;
using Akka.Cluster.Sharding;
using Akka.Configuration;
using Akka.Hosting;
using Akka.Persistence;
using Akka.Persistence.TestKit;
using Akka.TestKit;
using Akka.TestKit.Xunit;
using Realtime.Messages.Errors;
using Realtime.Messages.Ids;
using Realtime.Messages.Next.Channels;
using Realtime.Messages.Next.Sessions;
using Realtime.Node.Next.Sessions;
using Realtime.Node.Persistence;
using Realtime.Node.Persistence.Journal;
using static Realtime.Tests.Next.Sessions.MachineRig;
using SessionPhase = Realtime.Messages.Entities.SessionPhase;
using SessionSubscription = Realtime.Messages.Entities.SessionSubscription;

namespace Realtime.Tests.Next.Sessions;

/// <summary>The session as an actor, with its event log on a journal that fails on demand and a clock that moves by hand.</summary>
public sealed class SessionActorTests : TestKit
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(20);

    private readonly SessionPolicy _policy = new();
    private readonly ITestJournal _journal;
    private readonly TestProbe _channels;
    private readonly TestProbe _region;
    private readonly TestProbe _connection;
    private readonly TestProbe _other;
    private TestProbe _shard;
    private long _tag;

    public SessionActorTests()
        : base(ConfigurationFactory.ParseString(
            """
            akka.scheduler.implementation = "Akka.TestKit.TestScheduler, Akka.TestKit"
            akka.persistence.journal {
              plugin = "akka.persistence.journal.test"
              test.class = "Akka.Persistence.TestKit.TestJournal, Akka.Persistence.TestKit"
            }
            """))
    {
        _journal = TestJournal.FromRef(Akka.Persistence.Persistence.Instance.Apply(Sys).JournalFor(null));
        (_channels, _region, _connection, _other) = (CreateTestProbe(), CreateTestProbe(), CreateTestProbe(), CreateTestProbe());
        _shard = CreateTestProbe();
        ActorRegistry.For(Sys).Register<SessionRegion>(_region.Ref);
    }

    private TestScheduler Clock => (TestScheduler)Sys.Scheduler;

    [Fact]
    public void The_newest_connection_holds_it_the_older_hears_so_and_without_one_attach_comes_first()
    {
        var session = Open();
        Ask<SessionReply.Attached>(session, AttachOf(attempt: 2), _other);
        _connection.ExpectMsg<SessionNews.Dismissed>(Deadline).Code.ShouldBe(CloseCode.Superseded);
        Ask<SessionReply.Superseded>(session, SubscribeTo(Chat), _connection);

        Sys.Stop(_other.Ref);
        AwaitPhase(session, SessionPhase.Detached);

        Ask<SessionReply.NotAttached>(session, SubscribeTo(Chat), _connection);
    }

    [Fact]
    public void After_the_grace_time_the_channel_is_told_until_it_answers_and_the_session_leaves_memory()
    {
        var session = OpenAndWrite();
        Ask<SessionReply.Done>(session, tag => new SessionRequest.Detach(Id, tag));
        Clock.Advance(_policy.Grace - TimeSpan.FromMilliseconds(1));
        AwaitPhase(session, SessionPhase.Detached);
        _channels.HasMessages.ShouldBeFalse();

        Clock.Advance(TimeSpan.FromMilliseconds(1));
        var first = _channels.ExpectMsg<ChannelRequest.Withdraw>(Deadline);
        AwaitPhase(session, SessionPhase.Parked);
        Clock.Advance(_policy.WithdrawAgain);
        _channels.ExpectMsg<ChannelRequest.Withdraw>(Deadline).ShouldBe(first);
        session.Tell(new ChannelReply.Noted(first.Tag), _channels.Ref);

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
                _connection.HasMessages.ShouldBeFalse();
                written.SetResult();
                _connection.ExpectMsg<SessionReply.Done>(Deadline).Tag.ShouldBe(set);
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
                        _connection.HasMessages.ShouldBeFalse("its outcome is not known");
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
                _connection.HasMessages.ShouldBeTrue();
            },
            Deadline);
        _connection.ExpectMsg<SessionReply.Refused>(Deadline).Outcome.ShouldBe(Outcome.None);
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
        session.Tell(new ChannelReply.Noted(_channels.ExpectMsg<ChannelRequest.Withdraw>(Deadline).Tag));
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
        Clock.Advance(_policy.TimeToLive / 2);
        Ask<SessionReply.Kept>(session, tag => new SessionRequest.ExpireIfIdle(Id, tag));
        Passivate(session);
        Clock.Advance(_policy.TimeToLive / 2);

        session = Load();
        Ask<SessionReply.Done>(session, tag => new SessionRequest.ExpireIfIdle(Id, tag));
        session.Tell(new ChannelReply.Noted(_channels.ExpectMsg<ChannelRequest.Withdraw>(Deadline).Tag));
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
        var passivate = _shard.ExpectMsg<Passivate>(Deadline);

        var attach = Send(session, AttachOf());
        _region.ExpectMsg<SessionRequest.Attach>(Deadline).Tag.ShouldBe(attach);
        _region.LastSender.ShouldBe(_connection.Ref);

        _shard.Watch(session);
        session.Tell(passivate.StopMessage, _shard.Ref);
        _shard.ExpectTerminated(session, Deadline);
    }

    [Fact]
    public async Task A_hand_off_during_a_persist_answers_what_is_under_way_and_the_connection_attaches_again()
    {
        var session = OpenAndWrite();
        var attached = Ask<SessionReply.Attached>(session, AttachOf());
        var written = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _shard.Watch(session);
        await WithJournalWrite(
            write => write.SetInterceptorAsync(new HeldWrite(written.Task)),
            () =>
            {
                var set = Send(session, SetOf("theme", "dark"));
                session.Tell(SessionHandOff.Instance, _shard.Ref);
                Ask<SessionReply.Retry>(session, SubscribeTo(Other));
                written.SetResult();
                _connection.ExpectMsg<SessionReply.Done>(Deadline).Tag.ShouldBe(set);
                _connection.ExpectMsg<SessionNews.Moved>(Deadline);
                _shard.ExpectTerminated(session, Deadline);
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
        _shard.Watch(session);
        session.Tell(SessionHandOff.Instance, _shard.Ref);
        _shard.ExpectTerminated(session, Deadline);

        var successor = Load();
        successor.Tell(_region.ExpectMsg<SessionRequest.ContinueGrace>(Deadline));
        AwaitPhase(successor, SessionPhase.Detached);
        Clock.Advance(_policy.Grace);
        _channels.ExpectMsg<ChannelRequest.Withdraw>(Deadline).Channel.ShouldBe(Chat);
    }

    [Fact]
    public void A_session_that_fails_stops_its_connection_attaches_again_and_nothing_is_forgotten()
    {
        var session = OpenAndWrite();
        var attached = Ask<SessionReply.Attached>(session, AttachOf());
        Ask<SessionReply.Done>(session, SetOf("a", "1"));
        _shard.Watch(session);

        // A request that no connection sends, which the machine cannot handle.
        Send(session, tag => new SessionRequest.PutSubscription(Id, tag, null!));
        _connection.ExpectMsg<SessionNews.Moved>(Deadline);
        _shard.ExpectTerminated(session, Deadline);

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
        _shard.Watch(session);
        var shard = _shard;
        var successor = Load(new Incarnation(2));
        Ask<SessionReply.Attached>(successor, AttachOf(attempt: 99), _other);
        Ask<SessionReply.Done>(successor, SetOf("theirs", "1"), _other);

        Send(session, SetOf("ours", "1"));
        _connection.ExpectMsg<SessionNews.Moved>(Deadline);
        shard.ExpectTerminated(session, Deadline);

        Ask<SessionReply.Attached>(successor, AttachOf(attempt: 99), _other).State.Select(entry => entry.Key).ShouldBe(["theirs"]);
    }

    [Fact]
    public void A_session_that_has_nothing_to_write_has_no_log()
    {
        var session = OpenAndWrite();
        LogOf(session).ShouldBeNull();

        Ask<SessionReply.Done>(session, SetOf("a", "1"));
        LogOf(session).ShouldNotBeNull("the next write needs no read");
        Clock.Advance(_policy.LogLinger);
        AwaitAssert(() => LogOf(session).ShouldBeNull(), Deadline);
    }

    private async Task WithJournalWrite(Func<JournalWriteBehavior, Task> behavior, Action test)
    {
        await behavior(_journal.OnWrite);
        test();
        await _journal.OnWrite.Pass();
    }

    private async Task WithJournalRecovery(Func<JournalRecoveryBehavior, Task> behavior, Action test)
    {
        await behavior(_journal.OnRecovery);
        test();
        await _journal.OnRecovery.Pass();
    }

    /// <summary>A session that is attached and not written yet.</summary>
    private IActorRef Open()
    {
        var session = Load();
        Ask<SessionReply.Attached>(session, AttachOf(true, 1));
        return session;
    }

    /// <summary>A session that is attached, present on a channel, and written; its log is closed.</summary>
    private IActorRef OpenAndWrite()
    {
        var session = Open();
        Ask<SessionReply.Done>(session, SubscribeTo(Chat, "here"));
        Clock.Advance(_policy.WriteBehind);
        AwaitAssert(
            () =>
            {
                Clock.Advance(_policy.LogLinger);
                LogOf(session).ShouldBeNull();
            },
            Deadline);
        return session;
    }

    /// <summary>The session's actor as its shard starts it.</summary>
    private IActorRef Load(Incarnation? writer = null)
    {
        _shard = CreateTestProbe();
        var logs = new EventLogSettings(LogKind.Session, writer ?? new Incarnation(1), new Store(), new Lease());
        return _shard.ChildActorOf(
            SessionActor.Props(new SessionSettings(_policy, MachineRig.Node, logs, new NewIds()), _channels.Ref),
            EntityIds.Of(Id),
            SupervisorStrategy.DefaultStrategy);
    }

    private IActorRef Session() => ((ActorRefWithCell)_shard.Ref).Children.Single();

    private IActorRef? LogOf(IActorRef session)
    {
        // Its mailbox is empty then: what was sent before has been handled.
        var probe = CreateTestProbe();
        session.Tell(new SessionRequest.Inspect(Id, 1), probe.Ref);
        probe.ExpectMsg<SessionReply.Inspected>(Deadline);
        return ((ActorRefWithCell)session).Children.SingleOrDefault();
    }

    private static Func<long, SessionRequest> SubscribeTo(ChannelName channel, string? presence = null) => tag =>
        new SessionRequest.PutSubscription(Id, tag, new SessionSubscription(channel, At(0), presence is null ? null : Text(presence)));

    private static Func<long, SessionRequest> SetOf(string key, string value) => tag =>
        new SessionRequest.SetState(Id, tag, key, Text(value));

    private long Send(IActorRef session, Func<long, SessionRequest> request, TestProbe? from = null)
    {
        session.Tell(request(++_tag), (from ?? _connection).Ref);
        return _tag;
    }

    private TReply Ask<TReply>(IActorRef session, Func<long, SessionRequest> request, TestProbe? from = null)
        where TReply : SessionReply
    {
        var tag = Send(session, request, from);
        var reply = (from ?? _connection).ExpectMsg<SessionReply>(Deadline);
        reply.Tag.ShouldBe(tag, $"{reply} was not expected");
        return reply.ShouldBeOfType<TReply>();
    }

    private void AwaitPhase(IActorRef session, SessionPhase phase) => AwaitAssert(
        () =>
        {
            var probe = CreateTestProbe();
            session.Tell(new SessionRequest.Inspect(Id, 1), probe.Ref);
            probe.ExpectMsg<SessionReply.Inspected>(Deadline).Info.Phase.ShouldBe(phase);
        },
        Deadline);

    private void Passivate(IActorRef session)
    {
        _shard.Watch(session);
        session.Tell(_shard.FishForMessage<Passivate>(_ => true, Deadline).StopMessage, _shard.Ref);
        _shard.ExpectTerminated(session, Deadline);
    }

    private void Stop(IActorRef session)
    {
        _shard.Watch(session);
        session.Tell(SessionHandOff.Instance, _shard.Ref);
        _shard.ExpectTerminated(session, Deadline);
        _connection.ExpectMsg<SessionNews.Moved>(Deadline);
    }

    private sealed class Store : IStoreIdentity
    {
        public ulong Current => 1;
    }

    private sealed class Lease : IWriterLease
    {
        public bool IsHeld => true;
    }

    private sealed class HeldWrite(Task until) : IJournalInterceptor
    {
        public Task InterceptAsync(IPersistentRepresentation message) => until;
    }
}
