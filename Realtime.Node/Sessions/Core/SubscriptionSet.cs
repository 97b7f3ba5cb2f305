using Realtime.Cluster.Sharding;
using Realtime.Messages.Entities;
using Realtime.Messages.Frames;
using Realtime.Messages.Ids;
using Realtime.Messages.Positions;

namespace Realtime.Node.Sessions.Core;

/// <summary>
/// The subscriptions of one session and what the channels are told of its presence. An array, because most sessions have a handful and
/// there are very many sessions.
/// </summary>
internal sealed class SubscriptionSet(SessionId session)
{
    private SessionSubscription[] _items = [];

    public IReadOnlyList<SessionSubscription> Items => _items;

    public void Load(IEnumerable<SessionSubscription> items) => _items = [.. items];

    public SessionSubscription? Find(ChannelName channel) => Array.Find(_items, item => item.Channel == channel);

    /// <returns>Whether anything changed.</returns>
    public bool Put(SessionSubscription subscription, UserId? user, List<SessionEffect> effects)
    {
        var at = IndexOf(subscription.Channel);
        var before = at < 0 ? null : _items[at];
        if (subscription == before)
        {
            return false;
        }

        // A new array each time: the old one may be in an answer that is on its way.
        _items = at < 0 ? [.. _items, subscription] : [.. _items[..at], subscription, .. _items[(at + 1)..]];
        if (subscription.Presence is { } presence && presence != before?.Presence)
        {
            effects.Add(new SessionEffect.TellChannel(subscription.Channel, new ChannelRequest.Announce(session, user, presence)));
        }
        else if (subscription.Presence is null && before?.Presence is not null)
        {
            effects.Add(new SessionEffect.TellChannel(subscription.Channel, new ChannelRequest.Withdraw(session)));
        }

        return true;
    }

    /// <returns>Whether it was there.</returns>
    public bool Remove(ChannelName channel, List<SessionEffect> effects)
    {
        var at = IndexOf(channel);
        if (at < 0)
        {
            return false;
        }

        if (_items[at].Presence is not null)
        {
            effects.Add(new SessionEffect.TellChannel(channel, new ChannelRequest.Withdraw(session)));
        }

        _items = [.. _items[..at], .. _items[(at + 1)..]];
        return true;
    }

    /// <summary>
    /// Makes the set what the connection says it is. A position may go back by that: it subscribed anew from further back, and what lies
    /// between would be skipped by the next resume.
    /// </summary>
    /// <returns>Whether anything changed.</returns>
    public bool Replace(IReadOnlyList<SessionSubscription> items, UserId? user, List<SessionEffect> effects)
    {
        var changed = false;
        var kept = items.Select(item => item.Channel).ToHashSet();
        foreach (var gone in Array.FindAll(_items, item => !kept.Contains(item.Channel)))
        {
            changed |= Remove(gone.Channel, effects);
        }

        foreach (var item in items)
        {
            changed |= Put(item, user, effects);
        }

        return changed;
    }

    /// <summary>Within one life of a log acknowledgements only go forward: a late one must not bring messages back.</summary>
    public void Acknowledge(IReadOnlyList<ChannelPosition> positions)
    {
        var told = new Dictionary<ChannelName, StreamPosition>(positions.Count);
        foreach (var (channel, position) in positions)
        {
            told[channel] = position;
        }

        // One new array for all: the old one may be in an answer that is on its way.
        _items = Array.ConvertAll(
            _items,
            item => item.Position is { } known && told.TryGetValue(item.Channel, out var acked)
                && (acked.Epoch != known.Epoch || acked.Offset > known.Offset)
                    ? item with { Position = acked }
                    : item);
    }

    public void AnnounceAll(UserId? user, List<SessionEffect> effects)
    {
        foreach (var item in _items)
        {
            if (item.Presence is { } presence)
            {
                effects.Add(new SessionEffect.TellChannel(item.Channel, new ChannelRequest.Announce(session, user, presence)));
            }
        }
    }

    /// <summary>Announces again where a channel may have forgotten it.</summary>
    public void AnnounceIn(OwnersChange change, UserId? user, List<SessionEffect> effects)
    {
        foreach (var item in _items)
        {
            if (item.Presence is { } presence && change.Concerns(EntityAddress.Of(item.Channel)))
            {
                effects.Add(new SessionEffect.TellChannel(item.Channel, new ChannelRequest.Announce(session, user, presence)));
            }
        }
    }

    public void WithdrawAll(List<SessionEffect> effects)
    {
        foreach (var item in _items)
        {
            if (item.Presence is not null)
            {
                effects.Add(new SessionEffect.TellChannel(item.Channel, new ChannelRequest.Withdraw(session)));
            }
        }
    }

    private int IndexOf(ChannelName channel) => Array.FindIndex(_items, item => item.Channel == channel);
}
