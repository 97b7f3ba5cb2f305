using Realtime.Cluster.Journal;
using Realtime.Messages.Ids;

namespace Realtime.Node.Channels.Core;

/// <summary>In whose name a channel is run.</summary>
/// <param name="Node">Listeners here hear everything; those elsewhere may lose a word with a link.</param>
/// <param name="Fence">Goes with every append; null on a single node.</param>
public readonly record struct ChannelOwner(NodeId Node, ShardFence? Fence);
