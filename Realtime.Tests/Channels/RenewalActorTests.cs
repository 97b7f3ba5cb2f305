using Akka.Actor;
using Akka.TestKit.Xunit;
using Realtime.Messages.Channels;
using Realtime.Messages.Ids;
using Realtime.Node.Channels;
using Realtime.Node.Cluster;
using Realtime.Tests.Support;

namespace Realtime.Tests.Channels;

/// <summary>What a node answers the hubs of others with, and what its channels hear from it.</summary>
[Collection(ActorSystems.Name)]
public sealed class RenewalActorTests() : TestKit(TestHocon.Silent)
{
    private static readonly ChannelName Here = ChannelName.Parse("chat:here");
    private static readonly ChannelName Gone = ChannelName.Parse("chat:gone");
    private static readonly FeedProgress Progress = new(default, 3, 4);
    private readonly HostedChannels _hosted = new();

    [Fact]
    public void A_page_is_answered_at_once_with_what_does_not_run_here_and_the_rest_is_asked_for_the_hub()
    {
        var (channel, hub) = (CreateTestProbe(), CreateTestProbe());
        _hosted.Add(Here, channel);
        Start().Tell(new HubMessage.Renew(7, MachineRig.Feed(), [new(Gone, 11, Progress), new(Here, 12, Progress)]), hub);

        var renewed = hub.ExpectMsg<HubMessage.Renewed>();
        renewed.Page.ShouldBe(7);
        renewed.Unknown.ShouldBe([11]);
        channel.ExpectMsg<ChannelRequest.Renew>().ShouldBe(new ChannelRequest.Renew(Here, 12, MachineRig.Feed(), 12) { Progress = Progress });
        channel.LastSender.ShouldBe(hub.Ref, "the channel answers the hub");
    }

    [Fact]
    public void Channels_hear_of_nodes_that_are_gone_and_look_for_silent_feeds_now_and_then()
    {
        var channel = CreateTestProbe();
        _hosted.Add(Here, channel);
        var removed = new NodeRemoved(new Address("akka.tcp", "realtime", "two", 2));
        Start(TimeSpan.FromMilliseconds(50)).Tell(removed);
        channel.ExpectMsg<object>().ShouldBe(removed);
        channel.ExpectMsg<RenewalActor.Sweep>();
    }

    [Fact]
    public void A_probe_tells_what_has_arrived_and_one_that_is_lost_is_made_up_for_by_the_next()
    {
        var windows = new PeerWindows();
        var window = windows.Of(((ExtendedActorSystem)Sys).Provider.DefaultAddress);
        window.Add(PeerWindow.Most);
        window.HasRoom.ShouldBeFalse();
        window.Arrive(PeerWindow.Most / 2);
        window.HasRoom.ShouldBeTrue();
        window.Arrive(0);
        window.HasRoom.ShouldBeTrue("what arrived has arrived");

        // It probes itself: the address is that of this system.
        Sys.ActorOf(TrafficActor.PropsOf(windows), HubMessage.Traffic);
        AwaitCondition(() => window.HasArrived, TimeSpan.FromSeconds(30));
        window.Add(5);
        AwaitCondition(() => window.HasArrived, TimeSpan.FromSeconds(30));
    }

    private IActorRef Start(TimeSpan? sweepEvery = null) =>
        Sys.ActorOf(RenewalActor.PropsOf(_hosted, sweepEvery ?? TimeSpan.FromHours(1)));
}
