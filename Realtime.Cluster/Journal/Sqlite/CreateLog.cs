using Realtime.Messages.Ids;

namespace Realtime.Cluster.Journal.Sqlite;

/// <summary>Makes a channel's log unless it is there.</summary>
internal sealed record CreateLog(ChannelName Channel, ShardFence? Fence);
