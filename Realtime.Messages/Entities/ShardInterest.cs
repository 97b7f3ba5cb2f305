using Realtime.Messages.Ids;

namespace Realtime.Messages.Entities;

/// <param name="Count">Channels of the shard listened to.</param>
/// <param name="Hash">Exclusive or over <see cref="ShardHash.Mix"/> of each channel's hash plus its generation: equal sets, equal hashes.</param>
public readonly record struct ShardInterest(ShardId Shard, int Count, ulong Hash)
{
    /// <summary>One channel's part of the hash.</summary>
    /// <param name="channel"><see cref="ShardHash.Hash"/> of its address.</param>
    public static ulong HashOf(ulong channel, long generation) => ShardHash.Mix(unchecked(channel + (ulong)generation));
}
