using Akka.Actor;
using Realtime.Messages.Cluster;

namespace Realtime.Node.Cluster.Allocation;

/// <summary>What a <see cref="ClusterMapActor"/> works with.</summary>
/// <param name="Regions">Of this node; none on a lighthouse.</param>
/// <param name="Drains">What the log says of them.</param>
internal sealed record ClusterMapSetup(ClusterMap Map, ClusterPlans Plans, NodeSelf Self, IReadOnlyDictionary<EntityKind, IActorRef> Regions, DrainLines Drains);
