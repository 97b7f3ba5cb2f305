using Akka.Actor;
using Realtime.Messages.Channels;
using Realtime.Messages.Frames;
using Realtime.Messages.Ids;
using Realtime.Messages.Positions;
using Realtime.Messages.Traces;

namespace Realtime.Node.Channels.Core;

/// <summary>The feeds that listen to a channel, one per node. Ordered, so that a run of the machine can be repeated exactly.</summary>
internal sealed class ChannelFeeds(ChannelName channel, bool keepsLog)
{
    private readonly SortedList<string, ListeningFeed> _feeds = new(StringComparer.Ordinal);

    /// <summary>Also of feeds that have left: a late Listen must not bring one back.</summary>
    private readonly Dictionary<string, (Incarnation Incarnation, long Attempt)> _latest = [];

    /// <summary>Bytes of all batches.</summary>
    private long _through;

    public bool IsEmpty => _feeds.Count == 0;

    public IEnumerable<NodeId> Nodes => _feeds.Values.Select(feed => feed.Id.Node);

    /// <param name="window">Of the feed's node; null: it is on this one.</param>
    /// <param name="replaced">The feed actor that listened for the node before, when it was another one.</param>
    /// <returns>False: a later attempt of the node is known.</returns>
    public bool Add(FeedId id, long attempt, IActorRef feed, PeerWindow? window, long now, out FeedId? replaced)
    {
        replaced = null;
        if (!IsLatest(id, attempt))
        {
            return false;
        }

        if (_feeds.TryGetValue(id.Node.Name, out var known))
        {
            if (known.Id == id && known.Attempt == attempt && known.Ref.Equals(feed))
            {
                return true;
            }

            replaced = known.Ref.Equals(feed) ? null : known.Id;
        }

        _feeds[id.Node.Name] = new ListeningFeed(id, attempt, feed, window, _through, now);
        return true;
    }

    /// <returns>Whether it listened.</returns>
    public bool Remove(FeedId id, long attempt) =>
        IsLatest(id, attempt) && _feeds.Remove(id.Node.Name);

    /// <summary>A node has left the cluster. One that has come back at its address since listens anew.</summary>
    /// <returns>The feeds that listened from there.</returns>
    public IReadOnlyList<FeedId> RemoveOf(Address node) => Remove(feed => feed.IsRemote && feed.Ref.Path.Address.Equals(node));

    /// <returns>The feeds whose hubs have not asked for them since.</returns>
    public IReadOnlyList<FeedId> RemoveSilentSince(long time) => Remove(feed => feed.RenewedAt < time);

    public bool Listens(FeedId id) => _feeds.TryGetValue(id.Node.Name, out var feed) && feed.Id == id;

    /// <summary>The feed's hub asks whether it is listened to.</summary>
    public ListeningFeed? Renew(FeedId id, long attempt, long now)
    {
        var feed = Find(id, attempt);
        if (feed is not null)
        {
            feed.RenewedAt = now;
        }

        return feed;
    }

    public ListeningFeed? Find(FeedId id, long attempt) =>
        _feeds.TryGetValue(id.Node.Name, out var feed) && feed.Id == id && feed.Attempt == attempt ? feed : null;

    /// <returns>Whether the feed gets batches again, and has to hear what it missed.</returns>
    public bool Take(ListeningFeed feed, long through) => feed.Take(through, _through);

    public void SendBatch(Epoch epoch, IReadOnlyList<LogMessage> messages, IReadOnlyList<TraceContext> traces, List<ChannelEffect> effects)
    {
        if (IsEmpty)
        {
            return;
        }

        var batch = new ChannelNews.Batch(channel, epoch, messages) { Traces = traces };
        batch = batch with { Through = _through += batch.Bytes };
        var held = 0;
        foreach (var feed in _feeds.Values)
        {
            if (feed.TrySend(batch.Through))
            {
                effects.Add(new ChannelEffect.Send(feed.Ref, batch));
                continue;
            }

            held++;
            if (feed.TryHold())
            {
                SendHeld(feed, keepsLog ? new StreamPosition(epoch, messages[^1].Offset) : default, effects);
            }
        }

        if (held > 0)
        {
            effects.Add(new ChannelEffect.BatchesHeld(held));
        }
    }

    /// <summary>That it is held may have been lost on the way.</summary>
    public void SendHeld(ListeningFeed feed, StreamPosition head, List<ChannelEffect> effects) =>
        effects.Add(new ChannelEffect.Send(feed.Ref, new ChannelNews.Held(channel, head, feed.Through)));

    public void SendHead(StreamPosition head, List<ChannelEffect> effects) => SendAll(new ChannelNews.Head(channel, head), effects);

    public void SendPresence(RosterChange change, int rosterLimit, List<ChannelEffect> effects)
    {
        var news = new ChannelNews.Presence(
            channel, change.Change, change.Count > rosterLimit ? [] : change.Members, change.Count, change.Revision);
        foreach (var feed in _feeds.Values)
        {
            // One that misses a change reads the roster, when it hears of its revision.
            if (feed.HasRoom)
            {
                effects.Add(new ChannelEffect.Send(feed.Ref, news));
            }
        }
    }

    public void SendMoved(List<ChannelEffect> effects) => SendAll(new ChannelNews.Moved(channel), effects);

    private void SendAll(ChannelNews news, List<ChannelEffect> effects)
    {
        foreach (var feed in _feeds.Values)
        {
            effects.Add(new ChannelEffect.Send(feed.Ref, news));
        }
    }

    private List<FeedId> Remove(Predicate<ListeningFeed> isGone)
    {
        List<FeedId> gone = [.. _feeds.Values.Where(feed => isGone(feed)).Select(feed => feed.Id)];
        gone.ForEach(id => _feeds.Remove(id.Node.Name));
        return gone;
    }

    private bool IsLatest(FeedId id, long attempt)
    {
        if (_latest.TryGetValue(id.Node.Name, out var latest)
            && (id.Incarnation < latest.Incarnation || (id.Incarnation == latest.Incarnation && attempt < latest.Attempt)))
        {
            return false;
        }

        _latest[id.Node.Name] = (id.Incarnation, attempt);
        return true;
    }
}
