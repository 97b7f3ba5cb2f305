using Akka.Actor;
using Akka.TestKit;
using Akka.TestKit.Xunit;
using Realtime.Messages.Channels;
using Realtime.Messages.Ids;
using Realtime.Messages.Sessions;
using Realtime.Node.Cluster;
using Realtime.Node.Persistence;
using Realtime.Node.Sessions;
using Realtime.Node.Telemetry;
using Realtime.Tests.Support;

namespace Realtime.Tests.Sessions;

/// <summary>What becomes of sessions that were lost with a node and whose clients do not come back.</summary>
[Collection(ActorSystems.Name)]
public sealed class LostSessionSweepTests() : TestKit(TestHocon.Silent + "akka.scheduler.implementation = \"Akka.TestKit.TestScheduler, Akka.TestKit\"")
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(20);
    private static readonly LostSessionPolicy Policy = new()
    {
        Grace = TimeSpan.FromSeconds(30), TimeToLive = TimeSpan.FromHours(1), PageSize = 2,
    };

    private readonly Records _records = new();
    private readonly CollectedLog _log = new();

    private TestScheduler Clock => (TestScheduler)Sys.Scheduler;

    [Fact]
    public void A_grace_after_the_start_each_present_session_hears_that_its_grace_is_over_a_page_at_a_time()
    {
        _records.Present.AddRange([1, 2, 3]);
        var (sweep, sessions) = Start();

        Pass(sweep, Policy.Grace - TimeSpan.FromMilliseconds(1));
        sessions.HasMessages.ShouldBeFalse("the grace runs");
        Pass(sweep, TimeSpan.FromMilliseconds(1));
        var begun = Clock.Now;
        Told(sessions).ShouldBe(1);
        Told(sessions).ShouldBe(2);
        Settle(sweep);
        sessions.HasMessages.ShouldBeFalse("a page has two");

        Pass(sweep, Policy.PagePause);
        Told(sessions).ShouldBe(3);
        Pass(sweep, Policy.Grace * 3);
        sessions.HasMessages.ShouldBeFalse("a round for each loss, and no more");
        _records.TouchedAfter.ShouldBe(begun - Policy.TimeToLive);
    }

    [Fact]
    public void A_node_that_is_gone_makes_another_round_a_grace_later()
    {
        var (sweep, sessions) = Start();
        Pass(sweep, Policy.Grace);
        AwaitAssert(() => _records.Reads.ShouldBe(1), Deadline);
        _records.Present.Add(7);

        Sys.EventStream.Publish(new NodeRemoved(new Address("akka.tcp", "realtime", "b", 1)));
        Pass(sweep, Policy.Grace - TimeSpan.FromMilliseconds(1));
        sessions.HasMessages.ShouldBeFalse();
        Pass(sweep, TimeSpan.FromMilliseconds(1));

        Told(sessions).ShouldBe(7);
    }

    [Fact]
    public void A_round_that_cannot_be_read_is_begun_again()
    {
        _records.Present.Add(1);
        _records.Fault = new InvalidOperationException("as the test wants it");
        var (sweep, sessions) = Start();
        Pass(sweep, Policy.Grace);
        AwaitAssert(() => _log.Of(LogEvents.SweepFails).ShouldHaveSingleItem(), Deadline);
        _records.Fault = null;

        Pass(sweep, Policy.Grace);

        Told(sessions).ShouldBe(1);
    }

    private (IActorRef Sweep, TestProbe Sessions) Start()
    {
        var sessions = CreateTestProbe();
        return (Sys.ActorOf(LostSessionSweep.Props(sessions.Ref, _records, Policy, new PersistenceLogging(_log.CreateLogger("sweep")))), sessions);
    }

    private int Told(TestProbe sessions)
    {
        var grace = sessions.ExpectMsg<SessionRequest.ContinueGrace>(Deadline);
        grace.Attachment.ShouldBe(new Attachment((long)grace.Session.Value, 7));
        grace.GraceEnds.ShouldBe(Clock.Now.ToUnixTimeMilliseconds());
        return (int)grace.Session.Value;
    }

    private void Pass(IActorRef sweep, TimeSpan time)
    {
        Settle(sweep);
        Clock.Advance(time);
        Settle(sweep);
    }

    /// <summary>Once the actor has done what it was told before, and has set its timer.</summary>
    private void Settle(IActorRef sweep)
    {
        for (var i = 0; i < 3; i++)
        {
            var probe = CreateTestProbe();
            sweep.Tell(new Identify(1), probe.Ref);
            probe.ExpectMsg<ActorIdentity>(Deadline);
        }
    }

    private sealed class Records : IPresentSessions
    {
        public List<int> Present { get; } = [];

        public Exception? Fault { get; set; }

        public DateTimeOffset TouchedAfter { get; private set; }

        public int Reads { get; private set; }

        public Task<PresentSessionPage> ReadAsync(DateTimeOffset touchedAfter, SessionLogCursor after, int most, CancellationToken cancellation = default)
        {
            Reads++;
            TouchedAfter = touchedAfter;
            if (Fault is { } fault)
            {
                return Task.FromException<PresentSessionPage>(fault);
            }

            var first = (int)after.Written;
            var page = Present.Skip(first).Take(most).Select(number => new PresentSession(
                new SessionId((UInt128)number), new Attachment(number, 7), null, [])).ToList();
            return Task.FromResult(new PresentSessionPage(
                page, first + most < Present.Count ? new SessionLogCursor(first + most, 0) : null));
        }
    }
}
