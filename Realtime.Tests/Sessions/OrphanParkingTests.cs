using Akka.Actor;
using Akka.TestKit;
using Akka.TestKit.Xunit;
using Realtime.Messages.Channels;
using Realtime.Messages.Ids;
using Realtime.Messages.Sessions;
using Realtime.Node.Persistence;
using Realtime.Node.Sessions;
using Realtime.Tests.Support;

namespace Realtime.Tests.Sessions;

/// <summary>What becomes of sessions that the end of the last process cut off and whose clients do not come back.</summary>
[Collection(ActorSystems.Name)]
public sealed class OrphanParkingTests() : TestKit(TestHocon.Silent + "akka.scheduler.implementation = \"Akka.TestKit.TestScheduler, Akka.TestKit\"")
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(20);

    private TestScheduler Clock => (TestScheduler)Sys.Scheduler;

    [Fact]
    public void After_the_grace_each_session_is_told_that_its_grace_is_over_a_page_at_a_time()
    {
        var policy = new IdleSweepPolicy { PageSize = 2 };
        var sessions = CreateTestProbe();
        var orphans = new Queue<PresentSession>(Enumerable.Range(1, 3).Select(PresentOf));
        var parking = Sys.ActorOf(OrphanParking.Props(sessions.Ref, new OrphanedSessions(orphans, TimeSpan.FromSeconds(30)), policy));
        Watch(parking);

        Tick(parking, TimeSpan.FromSeconds(30) - TimeSpan.FromMilliseconds(1));
        sessions.HasMessages.ShouldBeFalse("the grace runs");
        Tick(parking, TimeSpan.FromMilliseconds(1));
        sessions.ExpectMsg<SessionRequest.ContinueGrace>(Deadline).ShouldBe(GraceOf(1));
        sessions.ExpectMsg<SessionRequest.ContinueGrace>(Deadline).ShouldBe(GraceOf(2));
        Settle(parking);
        sessions.HasMessages.ShouldBeFalse("a page has two");

        Tick(parking, policy.PagePause);
        sessions.ExpectMsg<SessionRequest.ContinueGrace>(Deadline).ShouldBe(GraceOf(3));
        ExpectTerminated(parking, Deadline);
        orphans.ShouldBeEmpty();
    }

    private SessionRequest.ContinueGrace GraceOf(int number) =>
        new(new SessionId((UInt128)number), new Attachment(number, 7), Clock.Now.ToUnixTimeMilliseconds());

    private static PresentSession PresentOf(int number) => new(new SessionId((UInt128)number), new Attachment(number, 7), null, []);

    private void Tick(IActorRef parking, TimeSpan time)
    {
        Settle(parking);
        Clock.Advance(time);
    }

    /// <summary>Once the actor has done what it was told before, and has set its timer.</summary>
    private void Settle(IActorRef parking)
    {
        var probe = CreateTestProbe();
        parking.Tell(new Identify(1), probe.Ref);
        probe.ExpectMsg<ActorIdentity>(Deadline);
    }
}
