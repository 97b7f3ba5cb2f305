using Akka.Actor;
using Akka.Cluster.Sharding;
using Akka.Configuration;
using Akka.Persistence.TestKit;
using Akka.TestKit;
using Realtime.Messages.Channels;
using Realtime.Messages.Errors;
using Realtime.Messages.Frames;
using Realtime.Messages.Ids;
using Realtime.Messages.Positions;
using Realtime.Node.Channels;
using Realtime.Node.Connections.Core;
using Realtime.Node.Events.Writing;
using Realtime.Node.Namespaces;
using Realtime.Node.Persistence;
using Realtime.Node.Telemetry.Metrics;
using Realtime.Node.Telemetry.Tracing;
using Realtime.Tests.Support;

namespace Realtime.Tests.Channels;

/// <summary>A channel's actor, with its event log on a journal that fails on demand and a clock that moves by hand.</summary>
public abstract class ChannelActorCase : Akka.TestKit.Xunit.TestKit
{
    protected static readonly TimeSpan Deadline = TimeSpan.FromSeconds(20);
    protected static readonly ChannelName Name = MachineRig.Name;

    protected ChannelActorCase()
        : base(ConfigurationFactory.ParseString(TestHocon.Silent + """
            akka.scheduler.implementation = "Akka.TestKit.TestScheduler, Akka.TestKit"
            akka.persistence {
              journal {
                plugin = "akka.persistence.journal.test"
                test {
                  class = "Akka.Persistence.TestKit.TestJournal, Akka.Persistence.TestKit"
                  plugin-dispatcher = "akka.actor.default-dispatcher"
                }
              }
              snapshot-store.plugin = "akka.persistence.snapshot-store.inmem"
            }
            """))
    {
        Client = CreateTestProbe();
        Journal = TestJournal.FromRef(Akka.Persistence.Persistence.Instance.Apply(Sys).JournalFor(null));
    }

    protected TestScheduler Clock => (TestScheduler)Sys.Scheduler;

    protected ITestJournal Journal { get; }

    protected TestProbe Client { get; }

    protected HostedChannels Hosted { get; } = new();

    protected TestLease Lease { get; } = new();

    /// <summary>Of the latest request.</summary>
    protected long Tag { get; private set; }

    protected ChannelInstruments Metrics { get; init; } = new();

    private protected EventReporting Reporting { get; set; } = EventReporting.None;

    protected NodeTracing Tracing { get; init; } = NodeTracing.Off;

    protected ChannelSettings Settings() => new(
        new ChannelPolicy(), new EventLogSettings(LogKind.Channel, new Incarnation(1), new Store(), Lease), Hosted)
    {
        Metrics = Metrics,
        Tracing = Tracing,
        Reporting = Reporting,
    };

    protected IActorRef StartChannel(NamespacePolicy? space = null) =>
        Sys.ActorOf(ChannelActor.Props(Name, space ?? new NamespacePolicy("chat") { Presence = true }, Settings()));

    protected TestProbe Listen(IActorRef channel, long attempt = 1)
    {
        var feed = CreateTestProbe();
        channel.Tell(new ChannelRequest.Listen(Name, 1, MachineRig.Feed(), attempt), feed.Ref);
        feed.ExpectMsg<ChannelReply.Listening>(Deadline).Attempt.ShouldBe(attempt);
        feed.LastSender.ShouldBe(channel);
        return feed;
    }

    protected static Func<long, ChannelRequest> PublishOf(string text, long sequence, long? predecessor = null) => tag =>
        new ChannelRequest.Publish(Name, tag, MachineRig.Text(text), MachineRig.Ann, null)
        {
            Producer = MachineRig.Producer(), Sequence = sequence, Predecessor = predecessor,
        };

    protected void Send(IActorRef channel, Func<long, ChannelRequest> request) => channel.Tell(request(++Tag), Client.Ref);

    protected ChannelReply Publish(IActorRef channel, string text, long sequence) => Ask<ChannelReply>(channel, PublishOf(text, sequence));

    protected TReply Ask<TReply>(IActorRef channel, Func<long, ChannelRequest> request)
        where TReply : ChannelReply
    {
        Send(channel, request);
        var tag = Tag;
        var reply = Client.ExpectMsg<ChannelReply>(Deadline);
        reply.Tag.ShouldBe(tag, $"{reply} was not expected");
        return reply.ShouldBeAssignableTo<TReply>()!;
    }

    protected void AwaitStatus(IActorRef channel, bool isAvailable) => AwaitCondition(
        () => Ask<ChannelReply.Inspected>(channel, tag => new ChannelRequest.Inspect(Name, tag)).Info.IsAvailable == isAvailable, Deadline);

    /// <summary>Lets the back-off pass until the log is there.</summary>
    protected void AwaitUsable(IActorRef channel) => AwaitAssert(
        () =>
        {
            Clock.Advance(TimeSpan.FromSeconds(1));
            var probe = CreateTestProbe();
            channel.Tell(new ChannelRequest.Inspect(Name, 1), probe.Ref);
            probe.ExpectMsg<ChannelReply.Inspected>(Deadline).Info.IsAvailable.ShouldBeTrue();
        },
        Deadline);

    protected void Stop(IActorRef channel, object message)
    {
        Watch(channel);
        channel.Tell(message, TestActor);
        ExpectTerminated(channel, Deadline);
    }

    private sealed class Store : IStoreIdentity
    {
        public ulong Current => 1;
    }

    protected sealed class TestLease : IWriterLease
    {
        public volatile bool IsHeldNow = true;
        private int _failures;

        public bool IsHeld => Interlocked.Exchange(ref _failures, 0) > 0 ? throw new InvalidOperationException("the lease cannot be read") : IsHeldNow;

        public void FailOnce() => Interlocked.Exchange(ref _failures, 1);
    }

    /// <summary>Lets a write wait.</summary>
    protected sealed class HeldWrite(Task until) : IJournalInterceptor
    {
        public Task InterceptAsync(Akka.Persistence.IPersistentRepresentation message) => until;
    }
}
