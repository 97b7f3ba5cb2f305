using Realtime.Messages.Entities;

namespace Realtime.Cluster.Sharding;

/// <summary>Takes what entities send to this node; must not block.</summary>
public interface INodeReceiver
{
    void OnNodeMessage(NodeMessage message);
}
