using Realtime.Messages.Ids;
using Realtime.Node.Persistence.Members;

namespace Realtime.Node.Cluster.Core;

/// <summary>What follows from a picture of the rows.</summary>
/// <param name="Downs">To be taken out of the cluster: they answer for nothing any more.</param>
/// <param name="Newly">Those of them that were not to be taken out upon the picture before.</param>
/// <param name="Verdict">To be written; null: nothing.</param>
/// <param name="Missed">Whose heartbeats this node misses, to be written into its row.</param>
/// <param name="IsHurried">Something is about to be decided.</param>
internal sealed record DowningPlan(
    IReadOnlyList<MemberAddress> Downs, IReadOnlyList<MemberAddress> Newly, MemberVerdict? Verdict, IReadOnlyList<Incarnation> Missed, bool IsHurried);
