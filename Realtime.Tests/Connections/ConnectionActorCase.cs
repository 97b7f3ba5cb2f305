using Akka.TestKit;
using Akka.TestKit.Xunit;
using Microsoft.Extensions.Logging;
using Realtime.Node.Connections;
using Realtime.Node.Connections.Core;
using Realtime.Tests.Support;

namespace Realtime.Tests.Connections;

/// <summary>Connections as actors, with the session, the channel, the feeds and the clock in the test's hand.</summary>
public abstract class ConnectionActorCase : TestKit
{
    private protected ConnectionActorCase(ConnectionPolicy? policy = null) : base(
        TestHocon.Silent + """
        akka.scheduler.implementation = "Akka.TestKit.TestScheduler, Akka.TestKit"
        akka.test.single-expect-default = 30s
        """)
    {
        Session = CreateTestProbe();
        Channel = CreateTestProbe();
        Feeds = CreateTestProbe();
        Setup = new ConnectionsSetup(new ConnectionRig(policy).Setup, Session, Channel, Feeds, Clock, new ConnectionLogging(Logs.CreateLogger<ConnectionLogging>())) { Parts = 2 };
        Connections = new ClientConnections(Sys.ActorOf(ConnectionsActor.PropsOf(Setup), "connections"), Setup);
    }

    private protected ManualClock Clock { get; } = new();

    private protected CollectedLog Logs { get; } = new();

    private protected FakeLink Link { get; } = new();

    private protected TestProbe Session { get; }

    private protected TestProbe Channel { get; }

    private protected TestProbe Feeds { get; }

    private protected ConnectionsSetup Setup { get; }

    private protected ClientConnections Connections { get; }

    /// <summary>Time goes on, for all clocks.</summary>
    private protected void Pass(TimeSpan time)
    {
        for (var passed = TimeSpan.Zero; passed < time; passed += Setup.SweepEvery)
        {
            Clock.Advance(Setup.SweepEvery);
            ((TestScheduler)Sys.Scheduler).Advance(Setup.SweepEvery);
        }
    }
}
