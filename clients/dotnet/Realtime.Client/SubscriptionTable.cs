using System.Collections.Immutable;
using Realtime.Client.Core;

namespace Realtime.Client;

/// <summary>
/// The subscriptions the application holds or may take up: one stream per channel, and any number of subscriptions that share it. Used under the
/// shell's lock.
/// </summary>
internal sealed class SubscriptionTable(RealtimeClientOptions options, Action<ClientInput> post, Func<string, PastReader> past, Func<RealtimeSubscription, Task> leave)
{
    private readonly Dictionary<string, List<RealtimeSubscription>> _channels = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Position> _acked = new(StringComparer.Ordinal);

    public ImmutableArray<RealtimeSubscription> All => [.. _channels.Values.SelectMany(subscriptions => subscriptions)];

    /// <summary>What the application has read, channels of a remembered session that it has not taken up included.</summary>
    public ImmutableDictionary<string, string> Positions
    {
        get
        {
            var positions = (options.Memory?.Positions ?? ImmutableDictionary<string, string>.Empty).ToBuilder();
            foreach (var (channel, subscriptions) in _channels)
            {
                if (Read(subscriptions) is { } position)
                {
                    positions[channel] = position.ToString();
                }
            }

            return positions.ToImmutable();
        }
    }

    /// <summary>One more subscription for the application; one that the server made and that no loop has begun to read is taken up.</summary>
    public RealtimeSubscription Add(string channel, SubscribeOptions how)
    {
        if (_channels.TryGetValue(channel, out var known))
        {
            if (known is [var made] && made.TakeUp(how))
            {
                return made;
            }

            // One that holds up the stream alone must not hold it up for the others.
            known.ForEach(subscription => subscription.LeaveStream(onlyIfFull: true));
            var another = New(channel, how);
            another.SetMembers(known[0].Members);
            known.Add(another);
            return another;
        }

        var first = New(channel, how);
        first.IsFirst = true;
        _channels.Add(channel, [first]);
        return first;
    }

    /// <summary>The server made a subscription: something has to hold what comes.</summary>
    public RealtimeSubscription Adopt(string channel)
    {
        if (_channels.TryGetValue(channel, out var known))
        {
            return known[0];
        }

        var made = New(channel, null);
        _channels.Add(channel, [made]);
        return made;
    }

    public void Join(ClientEffect.Join join)
    {
        foreach (var subscription in Of(join.Channel))
        {
            subscription.Join(join);
        }
    }

    public void Confirm(string channel)
    {
        foreach (var subscription in Of(channel))
        {
            subscription.Confirm();
        }
    }

    public void SetMembers(string channel, ImmutableDictionary<string, Member> members)
    {
        foreach (var subscription in Of(channel))
        {
            subscription.SetMembers(members);
        }
    }

    public void Deliver(ChannelEvent item)
    {
        var all = Of(item.Channel);
        foreach (var subscription in all)
        {
            subscription.Deliver(item, alone: all.Count == 1);
        }
    }

    /// <summary>Takes one out; true when it was the channel's last.</summary>
    public bool Remove(RealtimeSubscription subscription)
    {
        if (!_channels.TryGetValue(subscription.Channel, out var known) || !known.Remove(subscription))
        {
            return false;
        }

        subscription.Deliver(new ChannelEvent.Unsubscribed(subscription.Channel, null), alone: false);
        subscription.End(null);
        if (known.Count > 0)
        {
            return false;
        }

        _channels.Remove(subscription.Channel);
        _acked.Remove(subscription.Channel);
        return true;
    }

    public void End(string channel, Fault? fault)
    {
        if (_channels.Remove(channel, out var ended))
        {
            _acked.Remove(channel);
            ended.ForEach(subscription => subscription.End(fault));
        }
    }

    /// <summary>What was read since the last acknowledgement.</summary>
    public List<KeyValuePair<string, Position>> TakeUnacked()
    {
        var positions = new List<KeyValuePair<string, Position>>();
        foreach (var (channel, subscriptions) in _channels)
        {
            if (Read(subscriptions) is { } position && !(_acked.TryGetValue(channel, out var acked) && acked == position))
            {
                _acked[channel] = position;
                positions.Add(KeyValuePair.Create(channel, position));
            }
        }

        return positions;
    }

    /// <summary>How far every subscription of a channel has read; where offsets cannot be compared, how far the first one has.</summary>
    private static Position? Read(List<RealtimeSubscription> subscriptions)
    {
        Position? least = null;
        foreach (var subscription in subscriptions)
        {
            if (subscription.Position is { } position && (least is not { } known || (position.Epoch == known.Epoch && position.Offset < known.Offset)))
            {
                least = position;
            }
        }

        return least;
    }

    private List<RealtimeSubscription> Of(string channel) => _channels.GetValueOrDefault(channel) ?? [];

    private RealtimeSubscription New(string channel, SubscribeOptions? how) => new(
        channel,
        how,
        options.Memory?.Positions.GetValueOrDefault(channel) is { } remembered ? Position.Parse(remembered) : null,
        options.ReadAhead,
        post,
        past(channel),
        leave);
}
