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

    /// <summary>When the next subscription token is over at the earliest, milliseconds since 1970.</summary>
    public long NextTokenEnd { get; private set; } = long.MaxValue;

    public ConnectionSubscription? Find(ChannelName channel) =>
        _byChannel is { } index ? index.GetValueOrDefault(channel) : _all.Find(subscription => subscription.Channel == channel);

    public bool IsActive(ChannelName channel) => Find(channel) is { Stage: SubscriptionStage.Active };

    /// <summary>A token speaks for a subscription until then.</summary>
    public void KeepUntil(ConnectionSubscription subscription, long? until)
    {
        subscription.TokenUntil = until;
        NextTokenEnd = Math.Min(NextTokenEnd, until ?? long.MaxValue);
    }

    public void FindNextTokenEnd() =>
        NextTokenEnd = _all.Where(known => known.Stage is not SubscriptionStage.Leaving && known.Dropped is null).Min(known => known.TokenUntil) ?? long.MaxValue;

    public void Add(ConnectionSubscription subscription)
    {
        NextTokenEnd = Math.Min(NextTokenEnd, subscription.TokenUntil ?? long.MaxValue);
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
