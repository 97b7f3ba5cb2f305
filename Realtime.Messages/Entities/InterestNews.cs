using Realtime.Messages.Ids;

namespace Realtime.Messages.Entities;

/// <summary>
/// How a relay and the owners of channels find out that they disagree about who listens: whatever was lost between them, the next
/// comparison shows it.
/// </summary>
public abstract record InterestNews : NodeMessage
{
    private InterestNews()
    {
    }

    /// <summary>What the relay of a node listens to, per shard; told to each shard's owner every few seconds.</summary>
    public sealed record Digest(NodeId From, IReadOnlyList<ShardInterest> Shards) : InterestNews;

    /// <summary>The owner knows other listeners in these shards than the relay said: listen again.</summary>
    public sealed record AnnounceAgain(IReadOnlyList<ShardId> Shards) : InterestNews;
}
