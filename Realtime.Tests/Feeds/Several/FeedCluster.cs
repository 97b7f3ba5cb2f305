using System.Security.Cryptography;
using Akka.Actor;
using Realtime.Messages.Channels;
using Realtime.Messages.Ids;
using Realtime.Node.Channels;
using Realtime.Node.Namespaces;
using Realtime.Tests.Support;

namespace Realtime.Tests.Feeds.Several;

/// <summary>Several nodes in one process, and where their channels are.</summary>
public abstract class FeedCluster : IAsyncLifetime
{
    private static long _incarnation;
    private readonly List<FeedNode> _nodes = [];
    private readonly string _run = RandomNumberGenerator.GetHexString(8, lowercase: true);

    private protected ChosenAllocation Allocation { get; } = new();

    private protected NamespaceTable Namespaces { get; } = new(
    [
        new NamespacePolicy("chat"),
        new NamespacePolicy("seen") { Presence = true, Durability = Durability.Memory },
        new NamespacePolicy("mem") { Durability = Durability.Memory },
        new NamespacePolicy("none") { Durability = Durability.None },
    ]);

    private protected ChannelPolicy Policy { get; init; } = new() { UnclaimedGrace = TimeSpan.FromSeconds(2) };

    private protected TimeSpan RenewEvery { get; init; } = TimeSpan.FromMilliseconds(500);

    private protected FeedNode One => _nodes[0];

    private protected FeedNode Two => _nodes[1];

    private protected FeedNode Three => _nodes[2];

    public virtual async ValueTask InitializeAsync()
    {
        for (var i = 0; i < Count; i++)
        {
            await StartAsync();
        }

        foreach (var node in _nodes)
        {
            await node.WhenSeesMembers(Count);
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var node in _nodes)
        {
            await node.DisposeAsync();
        }

        GC.SuppressFinalize(this);
    }

    protected abstract int Count { get; }

    private protected async Task<FeedNode> StartAsync()
    {
        var incarnation = Interlocked.Increment(ref _incarnation);
        _nodes.Add(await FeedNode.StartAsync($"n{_nodes.Count + 1}", incarnation, Namespaces, Allocation, Policy, RenewEvery, _nodes.FirstOrDefault()));
        return _nodes[^1];
    }

    /// <summary>A channel of this run alone, for the journal is shared by all.</summary>
    private protected ChannelName On(FeedNode node, string space, string name = "room")
    {
        var channel = ChannelName.Parse($"{space}:{_run}-{name}");
        Allocation.Choose(channel, node.Address);
        return channel;
    }

    /// <summary>Repeats until it is answered, as a connection does.</summary>
    private protected static async Task PublishAsync(FeedNode from, ChannelName channel, params IEnumerable<string> texts)
    {
        var sequence = 0;
        var producer = ProducerId.FromStore(RandomNumberGenerator.GetHexString(16, lowercase: true));
        foreach (var text in texts)
        {
            var publish = new ChannelRequest.Publish(channel, 1, ScriptedChannel.Text(text), new SessionId(999), null)
            {
                Producer = producer, Sequence = ++sequence,
            };
            await Soon.IsTrueAsync(() => IsPublishedAsync(from, publish), $"'{text}' to be published");
        }
    }

    private protected Task WhenRuns(ChannelName channel, FeedNode node) => Soon.IsTrueAsync(
        () => node.Hosted.TryFind(channel, out _) && _nodes.TrueForAll(other => other == node || !other.Hosted.TryFind(channel, out _)),
        $"{channel.Value} to run on {node.Address}");

    private static async Task<bool> IsPublishedAsync(FeedNode from, ChannelRequest.Publish publish)
    {
        try
        {
            return await from.Region.Ask<ChannelReply>(publish, TimeSpan.FromMilliseconds(500)) is ChannelReply.Published;
        }
        catch (AskTimeoutException)
        {
            return false;
        }
    }
}
