using Akka.Actor;
using Akka.TestKit;
using Akka.TestKit.Xunit;
using Realtime.Node.Persistence;
using Realtime.Tests.Support;

namespace Realtime.Tests.Persistence;

/// <summary>A sweep with a clock that moves by hand and a log that is read.</summary>
public abstract class SweepStage : TestKit
{
    private readonly CollectedLog _log = new();

    protected SweepStage()
        : base(TestHocon.Silent + "akka.scheduler.implementation = \"Akka.TestKit.TestScheduler, Akka.TestKit\"")
    {
        Entities = CreateTestProbe();
        Logging = new PersistenceLogging(_log.CreateLogger("sweep"));
    }

    protected static TimeSpan Deadline { get; } = TimeSpan.FromSeconds(20);

    protected TestScheduler Clock => (TestScheduler)Sys.Scheduler;

    /// <summary>The region that is asked.</summary>
    protected TestProbe Entities { get; }

    private protected PersistenceLogging Logging { get; }

    private protected abstract IActorRef Sweep { get; }

    private protected IReadOnlyList<CollectedLog.LogLine> Lines(int number) => _log.Of(number);

    /// <summary>The actor has taken what it was sent.</summary>
    protected void Settle()
    {
        var probe = CreateTestProbe();
        Sweep.Tell(new Identify(1), probe.Ref);
        probe.ExpectMsg<ActorIdentity>(Deadline);
    }

    /// <summary>Once the actor has set the timer.</summary>
    protected void Tick(TimeSpan time)
    {
        Settle();
        Clock.Advance(time);
    }

    protected void AwaitTick(TimeSpan time, Func<bool> until) => AwaitAssert(
        () =>
        {
            Tick(time);
            until().ShouldBeTrue();
        },
        Deadline);
}
