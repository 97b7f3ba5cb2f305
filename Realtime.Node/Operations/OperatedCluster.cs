using Akka.Actor;
using Realtime.Messages.Ids;
using Realtime.Node.Cluster;
using Realtime.Node.Cluster.Allocation;
using Realtime.Node.Cluster.Core;
using Realtime.Node.Gateway.Core;
using Realtime.Node.Persistence.Members;

namespace Realtime.Node.Operations;

/// <summary>The cluster around this process, for operators.</summary>
/// <param name="Rows">Of the processes on the shared store; null: no other process can be on it.</param>
/// <param name="Moves">How the moves of this node's connections stand.</param>
/// <param name="System">Throws before it has started.</param>
internal sealed record OperatedCluster(
    ClusterMap Map, ClusterPlans Plans, IMemberRows? Rows, Func<MoveSnapshot> Moves, DeadLetterCounts DeadLetters, Func<ActorSystem> System)
{
    public bool IsShared => Rows is not null;

    /// <summary>Members that have said who they are, lighthouses among them, by name.</summary>
    public IReadOnlyList<MemberSnapshot> Heard =>
        [.. Map.Current.Members.Where(member => member.Row is not null).OrderBy(member => member.Node!.Value.Name, StringComparer.Ordinal)];

    /// <summary>Those of them that hold shards.</summary>
    public IReadOnlyList<MemberSnapshot> Nodes => [.. Heard.Where(member => member.HoldsShards)];

    /// <summary>The node whose singletons decide where shards go.</summary>
    public MemberSnapshot? Coordinator => Map.Current.Members
        .FirstOrDefault(member => member is { HoldsShards: true, Standing: MemberStanding.Up or MemberStanding.Leaving });

    public MemberSnapshot? Find(string name) => FindMember(name) is { HoldsShards: true } member ? member : null;

    public MemberSnapshot? FindMember(string name) => Map.Current.Find(new NodeId(name));
}
