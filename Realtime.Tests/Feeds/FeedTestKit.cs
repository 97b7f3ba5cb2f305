using Akka.Actor;
using Akka.Configuration;
using Akka.TestKit;
using Akka.TestKit.Xunit;
using Realtime.Messages.Channels;
using Realtime.Messages.Ids;
using Realtime.Messages.Positions;
using Realtime.Node.Feeds;
using Realtime.Node.Namespaces;
using Realtime.Tests.Support;

namespace Realtime.Tests.Feeds;

/// <summary>
/// A hub with its feeds in the test's thread: a message that is sent has been handled when the call returns, and time passes only when the
/// test says so. Whatever happens in what order is up to the test.
/// </summary>
public abstract class FeedTestKit : TestKit
{
    protected FeedTestKit()
        : base(ConfigurationFactory.ParseString(TestHocon.Silent + """
            akka.test.single-expect-default = 60s
            akka.scheduler.implementation = "Akka.TestKit.TestScheduler, Akka.TestKit"
            akka.actor.deployment {
              "/*/*" { dispatcher = akka.test.calling-thread-dispatcher }
              "/*/*/*" { dispatcher = akka.test.calling-thread-dispatcher }
            }
            """))
    {
    }

    protected static SessionId Ann { get; } = new(1);

    protected static SessionId Bob { get; } = new(2);

    private TestScheduler Clock => (TestScheduler)Sys.Scheduler;

    private protected CollectedLog FeedLog { get; } = new();

    private protected FeedSetup Setup { get; private set; } = null!;

    private protected IActorRef Hub { get; private set; } = ActorRefs.Nobody;

    private protected ScriptedChannel Channel { get; private set; } = null!;

    private protected NamespacePolicy Space { get; private set; } = null!;

    private protected void Start(NamespacePolicy? space = null, int history = 1000, int rosterPage = 2, bool isLocal = true)
    {
        Space = space ?? new NamespacePolicy("chat");
        Channel = new ScriptedChannel(Space, history, rosterPage, isLocal);
        Setup = new FeedSetup(new FeedId(new NodeId("one"), new Incarnation(7)), Channel.Region, new NamespaceTable([Space]))
        {
            Policy = new FeedPolicy { Hubs = 1 },
            Nodes = Channel,
            Log = new FeedLogging(FeedLog.CreateLogger("feeds")),
        };
        Hub = Sys.ActorOf(FeedHub.PropsOf(Setup));
        var started = CreateTestProbe();
        Hub.Tell(new FeedCommand.CountSubscribers(ScriptedChannel.Name), started);
        started.ExpectMsg<ChannelSubscriberCount>();
    }

    /// <summary>A subscriber whose join is under way.</summary>
    private protected FeedClient Joining(
        SessionId session, StartFrom? from = null, int budget = 2000, string? presence = null, Attachment at = default) =>
        new(Hub, Channel, Space, session, from ?? StartFrom.Live, budget, presence, at);

    /// <summary>A subscriber that is in.</summary>
    private protected FeedClient Joined(
        SessionId session, StartFrom? from = null, int budget = 2000, string? presence = null, Attachment at = default)
    {
        var client = Joining(session, from, budget, presence, at);
        Channel.Settle();
        client.Info.ShouldNotBeNull();
        return client;
    }

    private protected void Seconds(int seconds)
    {
        for (var i = 0; i < seconds; i++)
        {
            Clock.Advance(TimeSpan.FromSeconds(1));
        }
    }

    /// <summary>What the owner has said next arrives within one turn of the feed, so that it gathers in the mailbox.</summary>
    private protected void DeliverTogether(ChannelOwner owner, int count)
    {
        var sender = new CallbackRef("together", (_, _) =>
        {
            for (var i = 0; i < count; i++)
            {
                owner.Deliver();
            }
        });
        Hub.Tell(new FeedCommand.CountSubscribers(ScriptedChannel.Name), sender);
    }

    private protected void Publish(int first, int last)
    {
        for (var i = first; i <= last; i++)
        {
            Channel.Publish($"m{i}");
        }
    }
}
