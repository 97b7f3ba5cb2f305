using Realtime.Cluster.Links;
using Realtime.Messages.Entities;
using Realtime.Messages.Ids;

namespace Realtime.Cluster.Sharding;

/// <summary>
/// Takes the answers to a peer's requests to it. What the link does not take is lost with it: the peer hears of the reset and asks again.
/// </summary>
internal sealed class RemoteReplies(Incarnation peer, Func<Incarnation, LinkFrame, bool> send) : IReplyReceiver
{
    public Incarnation Peer => peer;

    public void OnReply(long tag, EntityReply reply) => send(peer, new LinkFrame.Reply(tag, reply));
}
