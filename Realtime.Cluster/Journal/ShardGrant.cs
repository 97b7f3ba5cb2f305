using Realtime.Messages.Ids;

namespace Realtime.Cluster.Journal;

/// <summary>What a change of owners came to.</summary>
/// <param name="Allowed">False: the asking node (or the receiving one) is not in a state to do this; nothing changed.</param>
/// <param name="Version">The view's version after the change.</param>
/// <param name="Shards">The shards that changed, with their new epochs and owners.</param>
public sealed record ShardGrant(bool Allowed, long Version, IReadOnlyList<ShardRow> Shards)
{
    public static ShardGrant Refused { get; } = new(false, 0, []);
}
