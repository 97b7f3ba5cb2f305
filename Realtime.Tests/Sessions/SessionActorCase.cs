using Akka.Actor;
using Akka.Cluster.Sharding;
using Akka.Configuration;
using Akka.Hosting;
using Akka.Persistence.TestKit;
using Akka.TestKit;
using Akka.TestKit.Xunit;
using Realtime.Messages.Entities;
using Realtime.Messages.Ids;
using Realtime.Messages.Sessions;
using Realtime.Node.Events.Writing;
using Realtime.Node.Persistence;
using Realtime.Node.Persistence.Journal;
using Realtime.Node.Sessions;
using Realtime.Node.Telemetry.Metrics;
using Realtime.Tests.Support;
using static Realtime.Tests.Sessions.MachineRig;

namespace Realtime.Tests.Sessions;

/// <summary>A session's actor, with its event log on a journal that fails on demand and a clock that moves by hand.</summary>
public abstract class SessionActorCase : TestKit
{
    protected static readonly TimeSpan Deadline = TimeSpan.FromSeconds(20);

    private long _tag;

    protected SessionPolicy Policy { get; } = new();
    protected ITestJournal Journal { get; }

    protected ChannelInstruments Metrics { get; } = new();

    private protected EventReporting Reporting { get; set; } = EventReporting.None;

    protected TestProbe Channels { get; }

    protected TestProbe RegionProbe { get; }

    protected TestProbe Client { get; }

    protected TestProbe OtherClient { get; }

    /// <summary>The parent of the actor that was started last.</summary>
    protected TestProbe Shard { get; private set; }

    protected SessionActorCase()
        : base(ConfigurationFactory.ParseString(
            TestHocon.Silent + """
            akka.scheduler.implementation = "Akka.TestKit.TestScheduler, Akka.TestKit"
            akka.persistence.journal {
              plugin = "akka.persistence.journal.test"
              test.class = "Akka.Persistence.TestKit.TestJournal, Akka.Persistence.TestKit"
            }
            """))
    {
        Journal = TestJournal.FromRef(Akka.Persistence.Persistence.Instance.Apply(Sys).JournalFor(null));
        (Channels, RegionProbe, Client, OtherClient) = (CreateTestProbe(), CreateTestProbe(), CreateTestProbe(), CreateTestProbe());
        Shard = CreateTestProbe();
        ActorRegistry.For(Sys).Register<SessionRegion>(RegionProbe.Ref);
    }

    protected TestScheduler Clock => (TestScheduler)Sys.Scheduler;

    protected async Task WithJournalWrite(Func<JournalWriteBehavior, Task> behavior, Action test)
    {
        await behavior(Journal.OnWrite);
        test();
        await Journal.OnWrite.Pass();
    }

    protected async Task WithJournalRecovery(Func<JournalRecoveryBehavior, Task> behavior, Action test)
    {
        await behavior(Journal.OnRecovery);
        test();
        await Journal.OnRecovery.Pass();
    }

    /// <summary>A session that is attached and not written yet.</summary>
    protected IActorRef Open()
    {
        var session = Load();
        Ask<SessionReply.Attached>(session, AttachOf(true, 1));
        return session;
    }

    /// <summary>A session that is attached, present on a channel, and written; its log is closed.</summary>
    protected IActorRef OpenAndWrite()
    {
        var session = Open();
        Ask<SessionReply.Done>(session, SubscribeTo(Chat, "here"));
        Clock.Advance(Policy.WriteBehind);
        AwaitAssert(
            () =>
            {
                Clock.Advance(Policy.LogLinger);
                LogOf(session).ShouldBeNull();
            },
            Deadline);
        return session;
    }

    /// <summary>The session's actor as its shard starts it.</summary>
    protected IActorRef Load(Incarnation? writer = null)
    {
        Shard = CreateTestProbe();
        var logs = new EventLogSettings(LogKind.Session, writer ?? new Incarnation(1), new Store(), new Lease());
        return Shard.ChildActorOf(
            SessionActor.Props(new SessionSettings(Policy, MachineRig.Node, logs, new NewIds()) { Metrics = Metrics, Reporting = Reporting }, Channels.Ref),
            EntityIds.Of(Id),
            SupervisorStrategy.DefaultStrategy);
    }

    protected IActorRef Session() => ((ActorRefWithCell)Shard.Ref).Children.Single();

    protected IActorRef? LogOf(IActorRef session)
    {
        // Its mailbox is empty then: what was sent before has been handled.
        var probe = CreateTestProbe();
        session.Tell(new SessionRequest.Inspect(Id, 1), probe.Ref);
        probe.ExpectMsg<SessionReply.Inspected>(Deadline);
        return ((ActorRefWithCell)session).Children.SingleOrDefault();
    }

    protected static Func<long, SessionRequest> SubscribeTo(ChannelName channel, string? presence = null) => tag =>
        new SessionRequest.PutSubscription(Id, tag, new SessionSubscription(channel, At(0), presence is null ? null : Text(presence)));

    protected static Func<long, SessionRequest> SetOf(string key, string value) => tag =>
        new SessionRequest.SetState(Id, tag, key, Text(value));

    protected long Send(IActorRef session, Func<long, SessionRequest> request, TestProbe? from = null)
    {
        session.Tell(request(++_tag), (from ?? Client).Ref);
        return _tag;
    }

    protected TReply Ask<TReply>(IActorRef session, Func<long, SessionRequest> request, TestProbe? from = null)
        where TReply : SessionReply
    {
        var tag = Send(session, request, from);
        var reply = (from ?? Client).ExpectMsg<SessionReply>(Deadline);
        reply.Tag.ShouldBe(tag, $"{reply} was not expected");
        return reply.ShouldBeOfType<TReply>();
    }

    protected void AwaitPhase(IActorRef session, SessionPhase phase) => AwaitAssert(
        () =>
        {
            var probe = CreateTestProbe();
            session.Tell(new SessionRequest.Inspect(Id, 1), probe.Ref);
            probe.ExpectMsg<SessionReply.Inspected>(Deadline).Info.Phase.ShouldBe(phase);
        },
        Deadline);

    protected void Passivate(IActorRef session)
    {
        Shard.Watch(session);
        session.Tell(Shard.FishForMessage<Passivate>(_ => true, Deadline).StopMessage, Shard.Ref);
        Shard.ExpectTerminated(session, Deadline);
    }

    protected void Stop(IActorRef session)
    {
        Shard.Watch(session);
        session.Tell(SessionHandOff.Instance, Shard.Ref);
        Shard.ExpectTerminated(session, Deadline);
        Client.ExpectMsg<SessionNews.Moved>(Deadline);
    }

    private sealed class Store : IStoreIdentity
    {
        public ulong Current => 1;
    }

    private sealed class Lease : IWriterLease
    {
        public bool IsHeld => true;
    }
}
