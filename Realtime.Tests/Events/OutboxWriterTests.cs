using Akka.Actor;
using Akka.TestKit;
using Akka.TestKit.Xunit;
using Realtime.Messages.Channels;
using Realtime.Messages.Ids;
using Realtime.Node.Events;
using Realtime.Node.Events.Core;
using Realtime.Node.Events.Writing;
using Realtime.Tests.Support;

namespace Realtime.Tests.Events;

/// <summary>The actor that brings the reports of a node's entities to the outboxes.</summary>
[Collection(ActorSystems.Name)]
public sealed class OutboxWriterTests : TestKit
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(20);

    private readonly TestProbe _channels;
    private readonly IActorRef _writer;

    public OutboxWriterTests()
        : base(TestHocon.Silent + "akka.scheduler.implementation = \"Akka.TestKit.TestScheduler, Akka.TestKit\"")
    {
        _channels = CreateTestProbe();
        _writer = Sys.ActorOf(OutboxWriter.PropsOf(() => _channels.Ref));
    }

    private TestScheduler Clock => (TestScheduler)Sys.Scheduler;

    [Fact]
    public void Reports_of_each_partition_go_their_own_way_and_each_entity_hears_of_its_own()
    {
        var (one, other) = (CreateTestProbe(), CreateTestProbe());
        Write(one, 3, 7);
        Write(other, 4, 7);
        var first = _channels.ExpectMsg<ChannelRequest.PublishMany>(Deadline);
        var second = _channels.ExpectMsg<ChannelRequest.PublishMany>(Deadline);

        (first.Channel, second.Channel).ShouldBe((OutboxPartition.At(3).Log, OutboxPartition.At(4).Log));
        first.Publishes[0].Producer.ShouldNotBe(second.Publishes[0].Producer);
        _writer.Tell(new ChannelReply.Published(second.Publishes[0].Tag, null));
        other.ExpectMsg<OutboxWriter.Written>(Deadline).Tag.ShouldBe(7);
        one.ExpectNoMsg(TimeSpan.Zero);
        _writer.Tell(new ChannelReply.Published(first.Publishes[0].Tag, null));
        one.ExpectMsg<OutboxWriter.Written>(Deadline).Tag.ShouldBe(7);
    }

    [Fact]
    public void What_is_not_answered_is_sent_again_until_it_is_or_until_its_entity_stops()
    {
        var entity = CreateTestProbe();
        Write(entity, 3, 1);
        var first = _channels.ExpectMsg<ChannelRequest.PublishMany>(Deadline);

        Clock.Advance(TimeSpan.FromSeconds(1));
        var again = _channels.ExpectMsg<ChannelRequest.PublishMany>(Deadline);
        again.Publishes[0].Sequence.ShouldBe(first.Publishes[0].Sequence);
        _writer.Tell(new OutboxWriter.Forget(OutboxPartition.At(3)), entity.Ref);
        Write(entity, 5, 2);
        _channels.ExpectMsg<ChannelRequest.PublishMany>(Deadline).Channel.ShouldBe(OutboxPartition.At(5).Log, "what was said before has been heard");
        Clock.Advance(TimeSpan.FromMilliseconds(2_500));

        _channels.ExpectMsg<ChannelRequest.PublishMany>(Deadline).Channel.ShouldBe(OutboxPartition.At(5).Log);
    }

    private void Write(TestProbe entity, int partition, long tag) => _writer.Tell(
        new OutboxWriter.Write(OutboxPartition.At(partition), new ReportBatch(tag, [new EventReport(EventKind.ChannelOccupied, ChannelName.Parse("chat:room"), default, null)])), entity.Ref);
}
