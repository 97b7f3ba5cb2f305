using Akka.Actor;
using Realtime.Messages.Cluster;

namespace Realtime.Node.Cluster.Allocation;

/// <summary>The shards of one kind that a region of this node holds, and the entities in them.</summary>
internal sealed record HeldShards(EntityKind Kind, ShardSet Shards, int Entities) : INoSerializationVerificationNeeded;
