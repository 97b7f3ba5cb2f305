using Realtime.Messages.Ids;

namespace Realtime.Node.Connections;

/// <summary>The subscriptions of one connection. Changed on its turn, looked through on any thread.</summary>
internal sealed class SubscriberList
{
    private readonly List<Subscriber> _all = new(1);

    /// <summary>In place of an older one of the same channel.</summary>
    public void Put(Subscriber subscriber)
    {
        lock (_all)
        {
            _all.RemoveAll(old => old.Channel == subscriber.Channel);
            _all.Add(subscriber);
        }
    }

    public void Remove(Subscriber subscriber)
    {
        lock (_all)
        {
            _all.Remove(subscriber);
        }
    }

    /// <summary>On the connection's turn.</summary>
    public Subscriber? Find(ChannelName channel) => _all.Find(subscriber => subscriber.Channel == channel);

    /// <param name="see">Called under a lock: it must not come back here.</param>
    public void ForEach(Action<Subscriber> see)
    {
        lock (_all)
        {
            _all.ForEach(see);
        }
    }

    /// <summary>As they are now.</summary>
    public Subscriber[] ToArray()
    {
        lock (_all)
        {
            return [.. _all];
        }
    }

    public (int All, int Behind) Count()
    {
        lock (_all)
        {
            var behind = 0;
            foreach (var subscriber in _all)
            {
                behind += subscriber.IsBehind ? 1 : 0;
            }

            return (_all.Count, behind);
        }
    }
}
