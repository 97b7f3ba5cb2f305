using Akka.TestKit;
using Realtime.Messages.Channels;
using Realtime.Node.Channels;
using Realtime.Node.Events;
using Realtime.Node.Events.Writing;
using Realtime.Tests.Events;

namespace Realtime.Tests.Channels;

/// <summary>A channel's actor and the writer of its node's reports.</summary>
[Collection(ActorSystems.Name)]
public sealed class ChannelReportTests : ChannelActorCase
{
    private readonly TestProbe _writer;

    public ChannelReportTests()
    {
        _writer = CreateTestProbe();
        Reporting = new EventReporting(new EverythingWanted(), _writer.Ref);
    }

    [Fact]
    public void What_changes_goes_to_the_writer_one_after_the_other_and_what_is_not_written_is_taken_back()
    {
        var channel = StartChannel();
        Listen(channel);
        var write = _writer.ExpectMsg<OutboxWriter.Write>(Deadline);
        (write.Partition, write.Batch.Reports.ShouldHaveSingleItem().Kind).ShouldBe((OutboxPartition.Of(Name), EventKind.ChannelOccupied));
        Ask<ChannelReply.Noted>(channel, tag => new ChannelRequest.Report(Name, tag, []));
        Ask<ChannelReply.Noted>(channel, tag => new ChannelRequest.Unlisten(Name, tag, MachineRig.Feed(), 2));
        Clock.Advance(new ChannelPolicy().UnclaimedGrace);
        _writer.ExpectMsg<OutboxWriter.Write>(Deadline).ShouldBe(write, "it is not known to be written");

        _writer.Reply(new OutboxWriter.Written(write.Batch.Tag));
        _writer.ExpectMsg<OutboxWriter.Write>(Deadline).Batch.Reports.ShouldHaveSingleItem().Kind.ShouldBe(EventKind.ChannelVacated);
        Stop(channel, ChannelPassivation.Instance);

        _writer.ExpectMsg<OutboxWriter.Forget>(Deadline).Partition.ShouldBe(OutboxPartition.Of(Name));
    }
}
