using Realtime.Cluster.Membership;
using Realtime.Cluster.Sharding;
using Realtime.Messages.Entities;
using Realtime.Messages.Ids;

namespace Realtime.Tests.Routing;

/// <summary>A cluster whose view is in the test's hand and whose sessions let everybody in.</summary>
internal sealed class ViewedCluster(ClusterView view) : ICluster
{
    private long _attachments;

    public NodeId Self { get; } = new("n1");

    public ClusterView View { get; set; } = view;

    public Standing Standing { get; set; } = Standing.Sure;

    public event Action<OwnersChange>? OwnersChanged
    {
        add { }
        remove { }
    }

    public event Action<Standing>? StandingChanged
    {
        add { }
        remove { }
    }

    public void Register(IEntityKind kind)
    {
    }

    public void Register(INodeReceiver receiver)
    {
    }

    public void Register(IInquiryReceiver receiver)
    {
    }

    public Task<ReadOnlyMemory<byte>> InquireAsync(NodeId node, ReadOnlyMemory<byte> question, CancellationToken cancellation) =>
        throw new NodeUnreachableException(node, "there are no links here");

    public bool Owns(EntityAddress address) => true;

    public void Tell(EntityAddress to, EntityMessage message)
    {
    }

    public void Ask(EntityAddress to, EntityMessage message, IReplyReceiver receiver, long tag) =>
        receiver.OnReply(tag, new SessionReply.Attached(new AttachNumber(Interlocked.Increment(ref _attachments)), null, null));

    public void TellNode(NodeId node, NodeMessage message)
    {
    }

    public Task DrainAsync(CancellationToken cancellation) => Task.CompletedTask;

    public Task LeaveAsync(CancellationToken cancellation) => Task.CompletedTask;
}
