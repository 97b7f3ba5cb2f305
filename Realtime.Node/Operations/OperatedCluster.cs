using Realtime.Messages.Ids;
using Realtime.Node.Cluster.Allocation;
using Realtime.Node.Cluster.Core;
using Realtime.Node.Gateway.Core;
using Realtime.Node.Persistence.Members;

namespace Realtime.Node.Operations;

/// <summary>The cluster around this process, for operators.</summary>
/// <param name="Rows">Of the processes on the shared store; null: no other process can be on it.</param>
/// <param name="Moves">How the moves of this node's connections stand.</param>
internal sealed record OperatedCluster(ClusterMap Map, ClusterPlans Plans, IMemberRows? Rows, Func<MoveSnapshot> Moves)
{
    public bool IsShared => Rows is not null;

    /// <summary>Members that hold shards and have said who they are, by name.</summary>
    public IReadOnlyList<MemberSnapshot> Nodes =>
        [.. Map.Current.Members.Where(member => member is { HoldsShards: true, Row: not null }).OrderBy(member => member.Node!.Value.Name, StringComparer.Ordinal)];

    public MemberSnapshot? Find(string name) => Map.Current.Find(new NodeId(name)) is { HoldsShards: true } member ? member : null;
}
