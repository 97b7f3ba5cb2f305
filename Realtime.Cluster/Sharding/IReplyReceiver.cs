using Realtime.Messages.Entities;

namespace Realtime.Cluster.Sharding;

/// <summary>Takes the answers to its own questions; must not block.</summary>
public interface IReplyReceiver
{
    void OnReply(long tag, EntityReply reply);
}
