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
    /// <summary>Bytes of batches that a feed on another node may leave untaken; beyond it only heads are sent.</summary>
    public const long MostUntaken = 1024 * 1024;

    private readonly SortedList<string, Feed> _feeds = new(StringComparer.Ordinal);

    /// <summary>Also of feeds that have left: a late Listen must not bring one back.</summary>
    private readonly Dictionary<string, (Incarnation Incarnation, long Attempt)> _latest = [];

    public bool IsEmpty => _feeds.Count == 0;

    public IEnumerable<NodeId> Nodes => _feeds.Values.Select(feed => feed.Id.Node);

    /// <param name="replaced">The feed actor that listened for the node before, when it was another one.</param>
    /// <returns>False: a later attempt of the node is known.</returns>
    public bool Add(FeedId id, long attempt, IActorRef feed, out FeedId? replaced)
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

        _feeds[id.Node.Name] = new Feed(id, attempt, feed);
        return true;
    }

    /// <returns>Whether it listened.</returns>
    public bool Remove(FeedId id, long attempt) =>
        IsLatest(id, attempt) && _feeds.Remove(id.Node.Name);

    public bool Has(FeedId id, long attempt) => _feeds.TryGetValue(id.Node.Name, out var feed) && feed.Id == id && feed.Attempt == attempt;

    public void Taken(FeedId id, long attempt, long bytes)
    {
        if (Has(id, attempt))
        {
            var feed = _feeds[id.Node.Name];
            feed.Taken = Math.Max(feed.Taken, bytes);
        }
    }

    public void SendBatch(Epoch epoch, IReadOnlyList<LogMessage> messages, IReadOnlyList<TraceContext> traces, List<ChannelEffect> effects)
    {
        if (IsEmpty)
        {
            return;
        }

        var batch = new ChannelNews.Batch(channel, epoch, messages) { Traces = traces };
        foreach (var feed in _feeds.Values)
        {
            if (feed.TrySend(batch.Bytes))
            {
                effects.Add(new ChannelEffect.Send(feed.Ref, batch));
            }
            else if (keepsLog)
            {
                effects.Add(new ChannelEffect.Send(feed.Ref, new ChannelNews.Head(channel, new StreamPosition(epoch, messages[^1].Offset))));
            }
        }
    }

    public void SendHead(StreamPosition head, List<ChannelEffect> effects) => SendAll(new ChannelNews.Head(channel, head), effects);

    public void SendPresence(RosterChange change, int rosterLimit, List<ChannelEffect> effects) => SendAll(
        new ChannelNews.Presence(channel, change.Change, change.Count > rosterLimit ? [] : change.Members, change.Count, change.Revision), effects);

    public void SendMoved(List<ChannelEffect> effects) => SendAll(new ChannelNews.Moved(channel), effects);

    private void SendAll(ChannelNews news, List<ChannelEffect> effects)
    {
        foreach (var feed in _feeds.Values)
        {
            effects.Add(new ChannelEffect.Send(feed.Ref, news));
        }
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

    private sealed class Feed(FeedId id, long attempt, IActorRef feed)
    {
        private readonly bool _isRemote = feed is IActorRefScope { IsLocal: false };
        private long _sent;

        public FeedId Id => id;

        public long Attempt => attempt;

        public IActorRef Ref => feed;

        public long Taken { get; set; }

        public bool TrySend(long bytes)
        {
            if (_isRemote && _sent - Taken >= MostUntaken)
            {
                return false;
            }

            _sent += bytes;
            return true;
        }
    }
}
