using Realtime.Messages.Ids;

namespace Realtime.Cluster.Sharding;

/// <summary>The link to another node, as this one sees it.</summary>
/// <param name="Queued">Bytes that wait to be sent.</param>
public sealed record PeerLinkState(NodeId Peer, bool Up, long Queued);
