using Realtime.Messages.Frames;
using Realtime.Tests.Support;

namespace Realtime.Tests.Feeds.Several;

/// <summary>A channel goes from node to node and back while numbers are published on it from both.</summary>
[Collection(ActorSystems.Name)]
public sealed class MovedChannelTests : FeedCluster
{
    private const int Moves = 6;

    protected override int Count => 2;

    [Theory]
    [InlineData("chat")]
    [InlineData("mem")]
    public async Task Numbered_publishes_keep_their_order_and_none_is_lost_or_doubled_while_their_channel_moves(string space)
    {
        var channel = On(One, space);
        FeedNode[] nodes = [One, Two];
        string[] names = ["a", "b"];
        var clients = await Task.WhenAll(nodes.Select(node => NodeClient.JoinAsync(node, channel, 1)));
        var publishers = nodes.Select((node, i) => NumberedPublisher.Start(node, channel, names[i])).ToList();
        for (var moves = 1; moves <= Moves; moves++)
        {
            var seen = clients[0].Seen.Count;
            Allocation.Choose(channel, nodes[moves % 2].Address);
            await WhenRuns(channel, nodes[moves % 2]);
            await Soon.IsTrueAsync(() => clients[0].Seen.Count > seen + 100, "publishes to go on");
        }

        var answers = await Task.WhenAll(publishers.Select(NumberedPublisher.StopAsync));
        answers.ShouldAllBe(all => all.All(answer => answer is ServerFrame.PublishReply));
        foreach (var client in clients)
        {
            await Soon.IsTrueAsync(() => client.Seen.Count >= answers.Sum(all => all.Count), "all numbers to arrive");
            foreach (var (name, all) in names.Zip(answers))
            {
                client.Seen.Where(seen => seen.StartsWith(name, StringComparison.Ordinal)).ShouldBe(Enumerable.Range(1, all.Count).Select(number => name + number));
            }
        }

        clients[1].Seen.ShouldBe(clients[0].Seen);
    }
}
