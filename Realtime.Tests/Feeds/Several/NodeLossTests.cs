using Akka.Actor;
using Realtime.Messages.Channels;
using Realtime.Messages.Ids;
using Realtime.Tests.Support;

namespace Realtime.Tests.Feeds.Several;

/// <summary>One of three nodes is lost without a goodbye: its channels start elsewhere, its feeds are forgotten, its members have their grace.</summary>
[Collection(ActorSystems.Name)]
public sealed class NodeLossTests : FeedCluster
{
    /// <summary>So long that only the news of the removal can be the reason.</summary>
    public NodeLossTests() => RenewEvery = TimeSpan.FromMinutes(1);

    protected override int Count => 3;

    [Fact]
    public async Task Feeds_of_a_lost_node_s_channels_listen_to_their_next_owners()
    {
        const int Channels = 200;
        var channels = Enumerable.Range(1, Channels).Select(i => On(Three, "chat", $"room{i}")).ToList();
        var clients = await Task.WhenAll(channels.Select(channel => NodeClient.JoinAsync(Two, channel, 1)));
        await Soon.IsTrueAsync(() => Three.Hosted.Count == Channels, "all channels to be on the node, also those that began elsewhere");
        var before = Two.Metrics.Relistened.Value;
        await PublishAsync(One, channels[0], "a");
        await Three.LoseAsync(One);
        await Soon.IsTrueAsync(() => Two.Metrics.Relistened.Value >= before + Channels, "all feeds to listen anew");
        foreach (var (channel, client) in channels.Zip(clients))
        {
            await PublishAsync(One, channel, "b");
            await client.WhenSees(channel == channels[0] ? ["a", "b"] : ["b"], "what the next owner sends");
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Members_of_a_lost_node_leave_after_the_grace_unless_they_attach_elsewhere_within_it(bool withTheChannel)
    {
        var channel = On(withTheChannel ? Three : One, "seen");
        var watcher = await NodeClient.JoinAsync(Two, channel, 1);
        await NodeClient.JoinAsync(Three, channel, 2, isPresent: true);
        await NodeClient.JoinAsync(Three, channel, 3, isPresent: true);
        await NodeClient.JoinAsync(Two, channel, 4, isPresent: true);
        await Soon.IsTrueAsync(() => watcher.Seen.Count(seen => seen == "joined") == 3, "all to be seen");

        await Three.LoseAsync(One);
        var again = await NodeClient.JoinAsync(Two, channel, 2, isPresent: true, ordinal: 2);
        await Soon.IsTrueAsync(() => watcher.Seen.Contains("left"), "the session that is gone to leave");
        (await MembersAsync(channel)).ShouldBe(new[] { 2, 4 });
        watcher.Seen.Count(seen => seen == "left").ShouldBe(1);
        watcher.Seen.Count(seen => seen == "joined").ShouldBe(3, "no session has joined twice");
        watcher.Revisions.ShouldBeInOrder();
        again.Seen.ShouldNotContain("joined");
    }

    private async Task<IReadOnlyList<int>> MembersAsync(ChannelName channel)
    {
        var page = await One.Region.Ask<ChannelReply.RosterPage>(new ChannelRequest.ReadRoster(channel, 1, default)).Within("the roster");
        return [.. page.Snapshot.Members!.Select(member => (int)member.Session.Value)];
    }
}
