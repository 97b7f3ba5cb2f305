using Realtime.Messages.Ids;
using Realtime.Node.Channels;
using Realtime.Tests.Support;

namespace Realtime.Tests.Feeds.Several;

/// <summary>A node that reads nothing for a while, as one that is stopped does, while channels elsewhere go on sending to its feeds.</summary>
[Collection(ActorSystems.Name)]
public sealed class StalledNodeTests : FeedCluster
{
    /// <summary>Longer than the node stands still: its feeds go on believing their channels.</summary>
    public StalledNodeTests() => RenewEvery = TimeSpan.FromSeconds(20);

    protected override int Count => 2;

    [Theory]
    [InlineData("mem")]
    [InlineData("none")]
    public async Task A_node_that_takes_nothing_holds_back_a_bounded_part_of_what_many_channels_send_it(string space)
    {
        const int Channels = 60;
        const int Each = 10;
        var channels = Enumerable.Range(1, Channels).Select(i => On(One, space, $"room{i}")).ToList();
        var clients = await Task.WhenAll(channels.Select(channel => NodeClient.JoinAsync(Two, channel, 1, keepsLog: space != "none")));
        await One.StallTo(Two);
        var text = new string('x', 50_000);
        foreach (var channel in channels)
        {
            await PublishAsync(One, channel, Enumerable.Repeat(text, Each));
        }

        var window = One.Peers.Of(Two.Address);
        window.Sent.ShouldBeInRange(PeerWindow.Most, PeerWindow.Most + (text.Length * 2));
        var held = (int)One.Metrics.BatchesHeld.Value;
        held.ShouldBeGreaterThan(Channels * Each / 3);

        await One.Mend(Two);
        await Soon.IsTrueAsync(() => window.HasArrived, "all that was sent to arrive");
        foreach (var (channel, client) in channels.Zip(clients))
        {
            // Without a log the next message may still be too early.
            await PublishAsync(One, channel, "end");
            await Soon.IsTrueAsync(() => EndsAsync(client, channel, isRepeated: space == "none"), "live messages again");
        }

        var seen = clients.SelectMany(client => client.Seen).ToList();
        seen.ShouldAllBe(what => what == text || what == "end");
        seen.Count(what => what == text).ShouldBe(space == "none" ? (Channels * Each) - held : Channels * Each);
    }

    private async Task<bool> EndsAsync(NodeClient client, ChannelName channel, bool isRepeated)
    {
        if (isRepeated)
        {
            await PublishAsync(One, channel, "end");
        }

        return client.Seen is [.., "end"];
    }
}
