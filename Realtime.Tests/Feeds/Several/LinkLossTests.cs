using Akka.Actor;
using Realtime.Node.Channels;
using Realtime.Tests.Support;

namespace Realtime.Tests.Feeds.Several;

/// <summary>Feeds and channels on two nodes, between which messages are lost or do not get on.</summary>
[Collection(ActorSystems.Name)]
public sealed class LinkLossTests : FeedCluster
{
    protected override int Count => 2;

    [Theory]
    [InlineData("chat")]
    [InlineData("mem")]
    public async Task A_message_that_is_lost_on_the_way_to_another_node_arrives_by_the_renewal(string space)
    {
        var channel = On(One, space);
        var client = await NodeClient.JoinAsync(Two, channel, 1);
        await PublishAsync(One, channel, "a");
        await client.WhenSees(["a"], "the first message");

        await WhenRuns(channel, One);
        await One.CutTo(Two);
        await PublishAsync(One, channel, "b", "c");
        await Soon.IsTrueAsync(() => Two.Metrics.RenewalPages.Value > 0, "a renewal whose answer is lost, too");
        client.Seen.ShouldBe(["a"]);
        await One.Mend(Two);
        await client.WhenSees(["a", "b", "c"], "what was lost");
        Two.Metrics.Relistened.Value.ShouldBe(0, "the channel knows its feed");
        One.Metrics.RenewalPages.Value.ShouldBe(0, "it follows nothing elsewhere");
    }

    [Fact]
    public async Task A_channel_that_moves_while_its_link_is_cut_is_found_again()
    {
        var channel = On(One, "chat");
        var client = await NodeClient.JoinAsync(Two, channel, 1);
        await WhenRuns(channel, One);
        One.Hosted.TryFind(channel, out var owner).ShouldBeTrue();
        var stopped = owner.WatchAsync();
        await One.CutTo(Two);
        owner.Tell(ChannelHandOff.Instance);
        (await stopped.Within("the channel to stop")).ShouldBeTrue();
        await PublishAsync(One, channel, "a");
        await One.Mend(Two);
        await client.WhenSees(["a"], "what its next life published");
        Two.Metrics.Relistened.Value.ShouldBeGreaterThan(0);
    }
}
