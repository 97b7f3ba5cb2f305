using Akka.Actor;
using Realtime.Messages.Channels;
using Realtime.Messages.Ids;
using Realtime.Messages.Positions;
using Realtime.Node.Feeds.Core;
using Realtime.Node.Namespaces;

namespace Realtime.Node.Feeds;

/// <summary>
/// Tells an owner on another node what this feed has taken, and its hub how far the feed has got, for the next renewal. An owner on this node
/// needs neither.
/// </summary>
internal sealed class FeedReceipts(ChannelName channel, NamespacePolicy space, FeedSetup setup, SubscriberSet subscribers, ProgressCell progress)
{
    private readonly BatchReceipts _receipts = new();

    /// <summary>Another attempt has begun.</summary>
    public void Restart() => _receipts.Restart();

    public void Take(ChannelNews.Batch batch) => _receipts.Take(batch.Through);

    public void Hold(ChannelNews.Held held) => _receipts.Hold(held.Through);

    /// <summary>The feed has done what was in a message.</summary>
    /// <param name="revision">Of the roster; -1: none is known.</param>
    public void Say(IActorRef owner, long attempt, StreamPosition head, long revision)
    {
        if (owner is not IActorRefScope { IsLocal: false })
        {
            return;
        }

        // While every subscriber reads the log, batches would be sent for nothing.
        var isReady = !space.KeepsLog || subscribers.Length == 0 || subscribers.Count.Behind < subscribers.Count.Total;
        if (_receipts.Say(isReady) is { } through)
        {
            owner.Tell(new ChannelRequest.Taken(channel, setup.Feed, attempt, through));
        }

        var known = progress.Latest;
        if (known.Head != head || known.Revision != revision || known.Through != _receipts.Through)
        {
            progress.Set(new FeedProgress(head, revision, _receipts.Through));
        }
    }
}
