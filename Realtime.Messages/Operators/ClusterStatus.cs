namespace Realtime.Messages.Operators;

/// <summary>The whole cluster as one node sees it: <c>GET /operator/v1/cluster</c>.</summary>
/// <param name="Node">Who answers.</param>
/// <param name="Clustered">False: a single node, alone on its store.</param>
/// <param name="Version">Of the view; grows with every change of nodes and owners. 0 on a single node.</param>
/// <param name="StoreEpoch">Which life of the store.</param>
/// <param name="Standing">What the answering node may do: <c>sure</c>; <c>frozen</c> (the store does not answer: what needs no store goes on); <c>out</c> (no member of its cluster:
/// it serves no session and no channel); <c>watching</c>: a lighthouse, which owns nothing.</param>
/// <param name="AgeMs">How old the view is; null where the answerer follows it by push.</param>
/// <param name="Unreachable">Nodes of the view that did not answer in time: what they know is missing here.</param>
public sealed record ClusterStatus(
    string Node,
    bool Clustered,
    long Version,
    long StoreEpoch,
    string Standing,
    long? AgeMs,
    StoreStatus Store,
    ShardCounts Shards,
    IReadOnlyList<MovesPause> Paused,
    IReadOnlyList<NodeStatus> Nodes,
    IReadOnlyList<string> Unreachable)
{
    /// <summary>The <see cref="Standing"/> of a lighthouse: it asks no node, so that none is said to answer.</summary>
    public const string Watching = "watching";
}
