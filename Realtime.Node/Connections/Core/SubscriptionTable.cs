using System.Collections;
using Realtime.Messages.Ids;

namespace Realtime.Node.Connections.Core;

/// <summary>The subscriptions of a connection, in the order in which they were made. Most connections have a few.</summary>
internal sealed class SubscriptionTable : IReadOnlyCollection<ConnectionSubscription>
{
    /// <summary>Up to here a look through the list is as good as an index, and smaller.</summary>
    private const int Few = 32;

    private readonly List<ConnectionSubscription> _all = new(1);
    private Dictionary<ChannelName, ConnectionSubscription>? _byChannel;

    public int Count => _all.Count;

    public ConnectionSubscription? Find(ChannelName channel) =>
        _byChannel is { } index ? index.GetValueOrDefault(channel) : _all.Find(subscription => subscription.Channel == channel);

    public bool IsActive(ChannelName channel) => Find(channel) is { Stage: SubscriptionStage.Active };

    public void Add(ConnectionSubscription subscription)
    {
        _all.Add(subscription);
        if (_byChannel is not null)
        {
            _byChannel.Add(subscription.Channel, subscription);
        }
        else if (_all.Count > Few)
        {
            _byChannel = _all.ToDictionary(known => known.Channel);
        }
    }

    public bool Remove(ConnectionSubscription subscription)
    {
        _byChannel?.Remove(subscription.Channel);
        return _all.Remove(subscription);
    }

    public IEnumerator<ConnectionSubscription> GetEnumerator() => _all.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
