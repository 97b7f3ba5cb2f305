using Realtime.Messages.Entities;
using Realtime.Messages.Frames;
using Realtime.Messages.Ids;
using Realtime.Messages.Positions;

namespace Realtime.Node.Sessions.Core;

/// <summary>
/// The subscriptions of one session. An array, because most sessions have a handful and there are very many sessions; a new one with each
/// change, because the old one may be in an answer that is on its way.
/// </summary>
internal sealed class SubscriptionSet
{
    private SessionSubscription[] _items = [];

    public IReadOnlyList<SessionSubscription> Items => _items;

    public bool HavePresence => Array.Exists(_items, item => item.Presence is not null);

    public void Load(IEnumerable<SessionSubscription> items) => _items = [.. items];

    public SessionSubscription? Find(ChannelName channel) => Array.Find(_items, item => item.Channel == channel);

    /// <returns>Whether anything changed.</returns>
    public bool Put(SessionSubscription subscription)
    {
        var at = IndexOf(subscription.Channel);
        if (at >= 0 && _items[at] == subscription)
        {
            return false;
        }

        _items = at < 0 ? [.. _items, subscription] : [.. _items[..at], subscription, .. _items[(at + 1)..]];
        return true;
    }

    /// <returns>Whether it was there.</returns>
    public bool Remove(ChannelName channel)
    {
        var at = IndexOf(channel);
        if (at < 0)
        {
            return false;
        }

        _items = [.. _items[..at], .. _items[(at + 1)..]];
        return true;
    }

    /// <summary>
    /// Makes the set what the connection says it is. A position may go back by that: the connection subscribed anew from further back, and
    /// what lies between would be skipped by the next resume.
    /// </summary>
    /// <returns>Whether anything changed.</returns>
    public bool Replace(IReadOnlyList<SessionSubscription> items)
    {
        if (_items.AsSpan().SequenceEqual([.. items]))
        {
            return false;
        }

        _items = [.. items];
        return true;
    }

    /// <summary>Within one life of a log positions only go forward: a late acknowledgement must not bring messages back.</summary>
    /// <returns>Whether anything changed.</returns>
    public bool Acknowledge(IReadOnlyList<ChannelPosition> positions)
    {
        var acked = new Dictionary<ChannelName, StreamPosition>(positions.Count);
        foreach (var (channel, position) in positions)
        {
            acked[channel] = position;
        }

        var changed = false;
        var items = Array.ConvertAll(_items, item =>
        {
            if (item.Position is { } known && acked.TryGetValue(item.Channel, out var position)
                && (position.Epoch != known.Epoch || position.Offset > known.Offset))
            {
                changed = true;
                return item with { Position = position };
            }

            return item;
        });
        _items = changed ? items : _items;
        return changed;
    }

    private int IndexOf(ChannelName channel) => Array.FindIndex(_items, item => item.Channel == channel);
}
