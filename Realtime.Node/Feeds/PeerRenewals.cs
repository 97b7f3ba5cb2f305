using System.Text;
using Akka.Actor;
using Realtime.Messages.Channels;

namespace Realtime.Node.Feeds;

/// <summary>
/// Renews the interest of one hub's feeds in channels of other nodes: a list of them to each node, in pages, instead of a message to each
/// channel. A node that answers a page has heard of all on it.
/// </summary>
internal sealed class PeerRenewals(FeedSetup setup, INodeActors nodes, IActorRef hub)
{
    /// <summary>About what one channel takes in a page beside its name.</summary>
    private const int EntryBytes = 64;

    private readonly Dictionary<Address, ICanTell> _nodes = [];

    /// <summary>Pages of the latest renewal that are not answered.</summary>
    private readonly Dictionary<long, IReadOnlyList<HostedFeed>> _open = [];
    private long _page;

    public void Renew(IReadOnlyList<HostedFeed> feeds)
    {
        _open.Clear();
        foreach (var node in feeds.GroupBy(feed => feed.Owner.Path.Address))
        {
            List<HostedFeed> page = [];
            var bytes = 0;
            foreach (var feed in node)
            {
                var size = EntryBytes + Encoding.UTF8.GetByteCount(feed.Channel.Value);
                if (page.Count > 0 && bytes + size > setup.Policy.RenewalBytes)
                {
                    Send(node.Key, page);
                    (page, bytes) = ([], 0);
                }

                page.Add(feed);
                bytes += size;
            }

            Send(node.Key, page);
        }
    }

    public void OnRenewed(long page)
    {
        if (_open.Remove(page, out var feeds))
        {
            foreach (var feed in feeds)
            {
                feed.SilentRenewals = 0;
            }
        }
    }

    /// <summary>It has left the cluster.</summary>
    public void Forget(Address node) => _nodes.Remove(node);

    private void Send(Address node, List<HostedFeed> page)
    {
        _open.Add(++_page, page);
        if (!_nodes.TryGetValue(node, out var receiver))
        {
            receiver = nodes.Find(node, HubMessage.Renewals);
            _nodes.Add(node, receiver);
        }

        receiver.Tell(
            new HubMessage.Renew(_page, setup.Feed, [.. page.Select(feed => new FollowedChannel(feed.Channel, feed.Attempt, feed.Progress))]), hub);
        setup.Channels.RenewalPages.Add(1);
    }
}
