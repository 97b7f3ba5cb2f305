using Realtime.Messages.Ids;

namespace Realtime.Messages.Channels;

/// <summary>A node's feed of a channel. There is one per node and channel; a later life of the node replaces the earlier one's feed.</summary>
public readonly record struct FeedId(NodeId Node, Incarnation Incarnation);
