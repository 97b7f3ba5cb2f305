using Realtime.Messages.Cluster;

namespace Realtime.Node.Cluster.Core;

/// <summary>Judges what operators want by the cluster as it is and the plans in force, and says what is to be written.</summary>
internal static class PlanRules
{
    public static PlanVerdict Judge(PlanRequest request, ClusterSnapshot cluster, PlanBook plans) => request switch
    {
        PlanRequest.Drain drain => Drain(drain, cluster, plans),
        PlanRequest.Undrain undrain => plans.Drained.Contains(undrain.Node)
            ? PlanVerdict.Remove(PlanBook.DrainKey(undrain.Node))
            : PlanVerdict.Nothing,
        PlanRequest.Leave leave => Leave(leave, cluster, plans),
        PlanRequest.Pause pause => PlanVerdict.Put(PlanBook.PauseKey, PlanBook.Text(pause.UntilMs)),
        PlanRequest.Resume => plans.PausedUntilMs != 0 ? PlanVerdict.Remove(PlanBook.PauseKey) : PlanVerdict.Nothing,
        PlanRequest.Move move => Move(move, cluster, plans),
        PlanRequest.Settle settle => plans.TargetOf(settle.Kind, settle.Shard) == settle.Target
            ? PlanVerdict.Remove(PlanBook.MoveKey(settle.Kind, settle.Shard))
            : PlanVerdict.Nothing,
        _ => throw new ArgumentException($"{request.GetType()} is no wish of an operator.", nameof(request)),
    };

    /// <summary>Entries of processes that are gone.</summary>
    public static IReadOnlyList<string> Outdated(ClusterSnapshot cluster, PlanBook plans) =>
        [.. plans.Stopping.Where(key => cluster.Find(key) is null).Select(PlanBook.StopKey)];

    private static PlanVerdict Drain(PlanRequest.Drain drain, ClusterSnapshot cluster, PlanBook plans)
    {
        if (plans.Drained.Contains(drain.Node))
        {
            return PlanVerdict.Nothing;
        }

        if (cluster.Find(drain.Node) is not { HoldsShards: true })
        {
            return PlanVerdict.Refuse(PlanAnswer.UnknownNode);
        }

        return cluster.Members.Any(member => member.Node != drain.Node && Takes(member, plans))
            ? PlanVerdict.Put(PlanBook.DrainKey(drain.Node), "")
            : PlanVerdict.Refuse(PlanAnswer.LastNode);
    }

    /// <summary>A node that is alone may go; one may not leave its shards to nodes that take none.</summary>
    private static PlanVerdict Leave(PlanRequest.Leave leave, ClusterSnapshot cluster, PlanBook plans)
    {
        if (plans.Stopping.Contains(leave.Member))
        {
            return PlanVerdict.Nothing;
        }

        var others = cluster.Members.Where(member => member.HoldsShards && member.Key != leave.Member).ToList();
        return others.Count == 0 || others.Exists(member => Takes(member, plans))
            ? PlanVerdict.Put(PlanBook.StopKey(leave.Member), "")
            : PlanVerdict.Refuse(PlanAnswer.LastNode);
    }

    private static PlanVerdict Move(PlanRequest.Move move, ClusterSnapshot cluster, PlanBook plans)
    {
        if (cluster.Find(move.Target) is not { HoldsShards: true } target)
        {
            return PlanVerdict.Refuse(PlanAnswer.UnknownNode);
        }

        return Takes(target, plans)
            ? PlanVerdict.Put(PlanBook.MoveKey(move.Kind, move.Shard), move.Target.Name)
            : PlanVerdict.Refuse(PlanAnswer.TargetTakesNone);
    }

    /// <summary>By the plans that were read for this decision, which may be newer than those of the snapshot.</summary>
    private static bool Takes(MemberSnapshot member, PlanBook plans) => (member with
    {
        IsDrained = member.Node is { } node && plans.Drained.Contains(node),
        IsStopping = plans.Stopping.Contains(member.Key),
    }).TakesShards;
}
