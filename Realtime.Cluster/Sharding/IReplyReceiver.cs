using Realtime.Messages.Entities;

namespace Realtime.Cluster.Sharding;

/// <summary>Takes the answers to its own questions; must not block.</summary>
public interface IReplyReceiver
{
    /// <summary>It has stopped: what it asked for its own sake need not be asked any more. Read from any thread.</summary>
    bool IsGone => false;

    void OnReply(long tag, EntityReply reply);
}
