using Realtime.Cluster.Journal;
using Realtime.Messages.Ids;

namespace Realtime.Cluster.Membership.Core;

/// <summary>Shards that one statement gives to one node.</summary>
internal sealed record HandOffBatch(Incarnation To, IReadOnlyList<ShardFence> Shards);
