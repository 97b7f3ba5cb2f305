using Akka.TestKit;
using Realtime.Messages.Sessions;
using Realtime.Node.Events;
using Realtime.Node.Events.Writing;
using Realtime.Node.Sessions;
using Realtime.Tests.Events;
using static Realtime.Tests.Sessions.MachineRig;

namespace Realtime.Tests.Sessions;

/// <summary>A session's actor and the writer of its node's reports.</summary>
[Collection(ActorSystems.Name)]
public sealed class SessionReportTests : SessionActorCase
{
    private readonly TestProbe _writer;

    public SessionReportTests()
    {
        _writer = CreateTestProbe();
        Reporting = new EventReporting(new EverythingWanted(), _writer.Ref);
    }

    [Fact]
    public void Its_beginning_and_its_end_go_to_the_writer_and_it_stays_until_they_are_written()
    {
        var session = Open();
        Written(EventKind.SessionOpened);

        Ask<SessionReply.Done>(session, tag => new SessionRequest.End(Id, tag));
        Shard.ExpectNoMsg(TimeSpan.Zero);
        Written(EventKind.SessionClosed);

        Passivate(session);
        _writer.ExpectNoMsg(TimeSpan.Zero);
    }

    [Fact]
    public void One_that_is_handed_off_takes_back_what_is_not_written_and_wakes_the_next_owner()
    {
        var session = Open();
        Written(EventKind.SessionOpened);
        Ask<SessionReply.Done>(session, tag => new SessionRequest.End(Id, tag));
        _writer.ExpectMsg<OutboxWriter.Write>(Deadline);

        Shard.Watch(session);
        session.Tell(SessionHandOff.Instance, Shard.Ref);
        Shard.ExpectTerminated(session, Deadline);

        RegionProbe.ExpectMsg<SessionRequest.Report>(Deadline).ShouldBe(new SessionRequest.Report(Id, 0));
        _writer.ExpectMsg<OutboxWriter.Forget>(Deadline).Partition.ShouldBe(OutboxPartition.Of(Id));
    }

    private void Written(EventKind kind)
    {
        var write = _writer.ExpectMsg<OutboxWriter.Write>(Deadline);
        write.Partition.ShouldBe(OutboxPartition.Of(Id));
        write.Batch.Reports.ShouldHaveSingleItem().Kind.ShouldBe(kind);
        _writer.Reply(new OutboxWriter.Written(write.Batch.Tag));
    }
}
