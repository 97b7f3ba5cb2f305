using Realtime.Messages.Ids;

namespace Realtime.Messages.Cluster;

/// <summary>What operators want of the shards. To ask for the same again does no harm.</summary>
public abstract record PlanRequest
{
    private PlanRequest()
    {
    }

    /// <summary>Empty a node and give it nothing until <see cref="Undrain"/>, also when it is started again.</summary>
    public sealed record Drain(NodeId Node) : PlanRequest;

    public sealed record Undrain(NodeId Node) : PlanRequest;

    /// <summary>Let the process of a node end: it is given nothing any more. Of that process, which takes it back when it stays.</summary>
    public sealed record Leave(NodeId Node, MemberKey Member) : PlanRequest;

    /// <summary>Move nothing for balance alone until a time.</summary>
    /// <param name="UntilMs">Since 1970, in UTC.</param>
    public sealed record Pause(long UntilMs) : PlanRequest;

    public sealed record Resume : PlanRequest;

    /// <summary>Move one shard. Held until it is there, or until its target takes none.</summary>
    public sealed record Move(EntityKind Kind, ShardId Shard, NodeId Target) : PlanRequest;

    /// <summary>A move is over. Of the coordinator, which does not wait for the answer.</summary>
    /// <param name="Target">Of the move that is meant: a newer one stays.</param>
    /// <param name="IsThere">False: its target takes no shards any more.</param>
    public sealed record Settle(EntityKind Kind, ShardId Shard, NodeId Target, bool IsThere) : PlanRequest;
}
