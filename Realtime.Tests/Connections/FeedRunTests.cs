using Realtime.Messages.Entities;
using Realtime.Messages.Ids;
using Realtime.Messages.Positions;
using Realtime.Node.Connections;
using Realtime.Node.Namespaces;
using Realtime.Tests.Channels;

namespace Realtime.Tests.Connections;

/// <summary>How much a feed puts into one run.</summary>
public sealed class FeedRunTests
{
    [Fact]
    public async Task Much_news_at_once_goes_out_in_runs_that_a_queue_can_refuse()
    {
        using var rig = new FeedRig(new NamespacePolicy("chat") { Durability = Durability.None, Lag = LagPolicy.Drop });
        var slow = new FeedReader(rig, new SessionId(1), StartFrom.Live, 100_000);
        var quick = new FeedReader(rig, new SessionId(2), StartFrom.Live, 100_000_000);
        await rig.Until(() => slow.Info is not null && quick.Info is not null, "both to be in");
        slow.Link.Hold();
        var text = ChannelRig.Text(new string('x', 8 * 1024));

        rig.Relay.OnNews(new ChannelNews.Messages(
            ChannelRig.Name, default, [.. Enumerable.Range(0, 200).Select(_ => new LogMessage(0, text, 0))]));

        await rig.Until(() => quick.Seen.Count == 200, "the quick reader to have all");
        quick.Link.Messages.Max(message => message.Length).ShouldBeLessThan(Outbound.ShareBytes + (8 * 1024) + 1024);
        slow.Link.Release();
        await rig.Until(() => slow.Seen.Contains("gap lagged"), "the slow reader to be told that it missed something");
        slow.Seen.Count.ShouldBeLessThan(50);
    }
}
