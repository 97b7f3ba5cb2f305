namespace Realtime.Messages.Operators;

/// <summary>The whole cluster as one member sees it: <c>GET /operator/v1/cluster</c>.</summary>
/// <param name="Node">Who answers.</param>
/// <param name="Clustered">False: a single node, alone on its store.</param>
/// <param name="Coordinator">The node that decides where shards go; null: none at the moment.</param>
/// <param name="StoreEpoch">Which life of the store.</param>
/// <param name="Standing">What the answering member may do: <c>sure</c>; <c>frozen</c> (the store does not answer: what needs no store goes on); <c>out</c> (no member of its cluster:
/// it serves no session and no channel); <c>watching</c>: a lighthouse, which holds nothing.</param>
/// <param name="Members">Nodes and lighthouses, the oldest first.</param>
/// <param name="Nodes">By name.</param>
/// <param name="Unreachable">Nodes that did not answer in time: what they know is missing here.</param>
public sealed record ClusterStatus(
    string Node,
    bool Clustered,
    string? Coordinator,
    long StoreEpoch,
    string Standing,
    StoreStatus Store,
    ShardCounts Shards,
    IReadOnlyList<MovesPause> Paused,
    IReadOnlyList<MemberStatus> Members,
    IReadOnlyList<NodeStatus> Nodes,
    IReadOnlyList<string> Unreachable)
{
    /// <summary>The <see cref="Standing"/> of a lighthouse.</summary>
    public const string Watching = "watching";
}
