using System.Collections.Immutable;
using Realtime.Client.Core;

namespace Realtime.Client;

/// <summary>The subscriptions the application holds or may take up, by channel. Used under the shell's lock.</summary>
internal sealed class SubscriptionTable(RealtimeClientOptions options, Action<ClientInput> post)
{
    private readonly Dictionary<string, RealtimeSubscription> _subscriptions = [];

    public ImmutableArray<RealtimeSubscription> All => [.. _subscriptions.Values];

    /// <summary>What the application has read, channels of a remembered session that it has not taken up included.</summary>
    public ImmutableDictionary<string, string> Positions
    {
        get
        {
            var positions = (options.Memory?.Positions ?? ImmutableDictionary<string, string>.Empty).ToBuilder();
            foreach (var subscription in _subscriptions.Values)
            {
                if (subscription.Position is { } position)
                {
                    positions[subscription.Channel] = position.ToString();
                }
            }

            return positions.ToImmutable();
        }
    }

    public RealtimeSubscription Hold(string channel)
    {
        if (!_subscriptions.TryGetValue(channel, out var subscription))
        {
            subscription = new RealtimeSubscription(channel, options.ReadAhead, post);
            if (options.Memory?.Positions.GetValueOrDefault(channel) is { } position)
            {
                subscription.Restore(Position.Parse(position));
            }

            _subscriptions.Add(channel, subscription);
        }

        return subscription;
    }

    public void Deliver(ChannelEvent item)
    {
        if (_subscriptions.TryGetValue(item.Channel, out var subscription))
        {
            subscription.Deliver(item);
        }
    }

    public void End(string channel, Fault? fault)
    {
        if (_subscriptions.Remove(channel, out var ended))
        {
            ended.End(fault);
        }
    }

    /// <summary>What was read since the last acknowledgement.</summary>
    public List<KeyValuePair<string, Position>> TakeUnacked()
    {
        var positions = new List<KeyValuePair<string, Position>>();
        foreach (var subscription in _subscriptions.Values)
        {
            if (subscription.TakeUnacked() is { } position)
            {
                positions.Add(KeyValuePair.Create(subscription.Channel, position));
            }
        }

        return positions;
    }
}
