using Realtime.Cluster.Links;
using Realtime.Cluster.Membership;
using Realtime.Messages.Entities;
using Realtime.Messages.Ids;

namespace Realtime.Cluster.Sharding;

/// <summary>Gives what comes over links to the part of the engine it is for.</summary>
internal sealed class FrameDispatch(
    EngineServices node, ShardMap shards, Staging staging, Holds holds, Peers peers, Inquiries inquiries, HandOffs handOffs, IMembership membership,
    ILinks links, Action<NodeMessage> news)
{
    public void Take(Incarnation from, LinkFrame frame, ClusterView view)
    {
        switch (frame)
        {
            case LinkFrame.Request request when shards.Has(request.Shard):
                shards[request.Shard].Take(from, request);
                break;
            case LinkFrame.Reply reply when node.ShardOf(reply.Tag) is { } shard:
                shards[shard].Answered(reply.Tag, reply.Message);
                break;
            case LinkFrame.Moved moved when node.ShardOf(moved.Tag) is { } shard:
                shards[shard].Returned(moved.Tag, moved.Epoch);
                break;
            case LinkFrame.News told:
                news(told.Message);
                break;
            case LinkFrame.ViewChanged changed:
                membership.Refresh(changed.Version);
                break;
            case LinkFrame.Status status:
                peers.Said(from, status.Answers);
                membership.PeerSaid(from, status.Commits);
                break;
            case LinkFrame.Stage stage:
                staging.Add(from, stage);
                break;
            case LinkFrame.StageEnd end when end.Shards.All(shards.Has):
                End(from, end, view);
                break;
            case LinkFrame.Staged staged:
                handOffs.Confirmed(from, staged);
                break;
            case LinkFrame.StageDropped dropped:
                staging.Drop(from, dropped.HandOff);
                break;
            case LinkFrame.Inquiry inquiry:
                inquiries.Take(from, inquiry);
                break;
            case LinkFrame.Answer answer:
                inquiries.Answered(from, answer);
                break;
            case LinkFrame.Unanswered unanswered:
                inquiries.Refused(from, unanswered);
                break;
            default:
                // A shard number this cluster does not have: the peer goes by another map, and its hello should have been refused.
                break;
        }
    }

    private void End(Incarnation from, LinkFrame.StageEnd end, ClusterView view)
    {
        var entities = staging.End(from, end, view);
        if (entities >= 0)
        {
            holds.Announced(end.Shards.Select(shard => view[shard]), end.Held);
        }

        links.Send(from, new LinkFrame.Staged(end.HandOff, entities));
    }
}
