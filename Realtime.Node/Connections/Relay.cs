using System.Collections.Concurrent;
using Realtime.Cluster.Kernel;
using Realtime.Cluster.Sharding;
using Realtime.Messages.Entities;
using Realtime.Messages.Ids;
using Realtime.Node.Namespaces;

namespace Realtime.Node.Connections;

/// <summary>
/// Who on this node listens to which channel: a feed per channel with local subscribers. One copy of a message comes per node, whatever
/// the number of subscribers.
/// </summary>
internal sealed class Relay
{
    private readonly ConcurrentDictionary<ChannelName, ChannelFeed> _feeds = new();
    private readonly NamespaceTable _namespaces;
    private readonly RelayServices _services;

    public Relay(ICluster cluster, NamespaceTable namespaces, TimerQueue timers, TimeProvider time, ConnectionLogging log)
    {
        _namespaces = namespaces;
        _services = new RelayServices(
            cluster, timers, time, log, Join, (channel, feed) => _feeds.TryRemove(KeyValuePair.Create(channel, feed)));
    }

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

    public void OnNews(ChannelNews news) => Tell(news.Channel, new FeedInput.News(news));
}
