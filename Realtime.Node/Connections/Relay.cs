using System.Collections.Concurrent;
using Realtime.Cluster.Kernel;
using Realtime.Cluster.Sharding;
using Realtime.Cluster.Telemetry.Metrics;
using Realtime.Cluster.Telemetry.Tracing;
using Realtime.Messages.Entities;
using Realtime.Messages.Ids;
using Realtime.Node.Namespaces;

namespace Realtime.Node.Connections;

/// <summary>
/// Who on this node listens to which channel: a feed per channel with local subscribers. One copy of a message comes per node, whatever
/// the number of subscribers.
/// </summary>
internal sealed class Relay : ITimerTarget
{
    private static readonly TimeSpan DigestEvery = TimeSpan.FromSeconds(5);

    private readonly ConcurrentDictionary<ChannelName, ChannelFeed> _feeds = new();

    /// <summary>Channels whose news were refused, and when: one word is enough for all the news that are on their way.</summary>
    private readonly ConcurrentDictionary<ChannelName, long> _refused = new();
    private readonly NamespaceTable _namespaces;
    private readonly INodeReceiver _owners;
    private readonly RelayServices _services;
    private long _lastGeneration;

    /// <param name="owners">Takes what relays say of themselves to the owners of channels on this node.</param>
    public Relay(
        ICluster cluster, NamespaceTable namespaces, INodeReceiver owners, TimerQueue timers, TimeProvider time, ConnectionLogging log,
        ChannelFigures? figures = null, NodeTracing? tracing = null)
    {
        _namespaces = namespaces;
        _owners = owners;

        // Later than whatever an earlier process of this node said.
        _lastGeneration = time.GetUtcNow().ToUnixTimeMilliseconds() << 16;
        _services = new RelayServices(
            cluster, timers, time, log, () => Interlocked.Increment(ref _lastGeneration), Join,
            (channel, feed) => _feeds.TryRemove(KeyValuePair.Create(channel, feed)))
        {
            Figures = figures ?? new ChannelFigures(),
            Tracing = tracing ?? NodeTracing.Off,
        };
        cluster.OwnersChanged += OnOwnersChanged;
        timers.Schedule(DigestEvery, this, 0);
    }

    /// <summary>Subscribers of this node that read from the log because they do not stand at its head, over all channels.</summary>
    public int Behind => _feeds.Sum(entry => entry.Value.Count.Behind);

    /// <summary>How many subscribers a channel has on this node, and how many of them read from the log.</summary>
    public (int Count, int Behind) SubscribersOf(ChannelName channel) =>
        _feeds.TryGetValue(channel, out var feed) ? (feed.Count.Total, feed.Count.Behind) : (0, 0);

    public void Join(Subscriber subscriber)
    {
        var join = new FeedInput.Join(subscriber);
        while (true)
        {
            var feed = _feeds.GetOrAdd(
                subscriber.Channel,
                static (channel, self) => new ChannelFeed(channel, self._namespaces.Of(channel), self._services), this);
            if (feed.Tell(join))
            {
                return;
            }

            _feeds.TryRemove(KeyValuePair.Create(subscriber.Channel, feed));
        }
    }

    /// <summary>Tells the subscriber's feed; when that has stopped, nobody is left to tell.</summary>
    /// <returns>False when there is no feed.</returns>
    public bool Tell(ChannelName channel, FeedInput input) => _feeds.TryGetValue(channel, out var feed) && feed.Tell(input);

    public void OnNews(ChannelNews news)
    {
        if (news is ChannelNews.Messages && FaultPoints.Current.NewsLoss.Strikes())
        {
            return;
        }

        // Read before the look for a feed: one that is made meanwhile announces itself with a later number, which the refusal leaves alone.
        var generation = Interlocked.Read(ref _lastGeneration);
        if (!Tell(news.Channel, new FeedInput.News(news)) && news is not ChannelNews.Forgotten)
        {
            Refuse(news.Channel, generation);
        }
    }

    /// <summary>A relay and an owner compare what they know of each other.</summary>
    public void OnInterest(InterestNews news)
    {
        if (news is InterestNews.AnnounceAgain again)
        {
            Announce(new OwnersChange(_services.Cluster.View, again.Shards.ToHashSet()));
        }
        else
        {
            _owners.OnNodeMessage(news);
        }
    }

    public void OnTimer(int tag)
    {
        var now = _services.Time.GetTimestamp();
        foreach (var (channel, at) in _refused)
        {
            if (_services.Time.GetElapsedTime(at, now) >= DigestEvery)
            {
                _refused.TryRemove(KeyValuePair.Create(channel, at));
            }
        }

        RelayDigest.Send(_services.Cluster, _feeds.Values);
        _services.Timers.Schedule(DigestEvery, this, 0);
    }

    private void OnOwnersChanged(OwnersChange change) => Announce(change);

    private void Announce(OwnersChange change)
    {
        foreach (var (_, feed) in _feeds)
        {
            if (change.Shards.Contains(feed.Interest.ShardOf(change.View)))
            {
                feed.Tell(FeedInput.OwnerInDoubt.Instance);
            }
        }
    }

    /// <summary>An owner believes that this node listens: without this it would go on sending, and never leave memory.</summary>
    private void Refuse(ChannelName channel, long generation)
    {
        if (_refused.TryAdd(channel, _services.Time.GetTimestamp()))
        {
            _services.Cluster.Tell(EntityAddress.Of(channel), new ChannelRequest.Unlisten(_services.Self, generation));
        }
    }
}
