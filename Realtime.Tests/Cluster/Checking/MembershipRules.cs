namespace Realtime.Tests.Cluster.Checking;

/// <summary>I5: no healthy member is downed, none for a store that is out of reach for all, none by a lighthouse, and what has healed can be reached.</summary>
internal static class MembershipRules
{
    /// <summary>What a node says that was downed, and is started again by its supervisor.</summary>
    public const int Downed = 3;

    /// <summary>From the healing. The promise is 15 s; twice that, because two cores carry the cluster, its clients and the database.</summary>
    public static readonly TimeSpan Reach = TimeSpan.FromSeconds(30);

    public static IEnumerable<Violation> Check(RunHistory history, FinalState final)
    {
        // A process that takes the name of its predecessor, which was killed, declares that one dead.
        foreach (var verdict in final.Verdicts.Where(verdict => verdict.By != verdict.Node && !HasReason(history, verdict.Node, verdict.At)))
        {
            yield return new Violation("I5b", $"{verdict}, to which nothing had been done");
        }

        foreach (var verdict in final.Verdicts.Where(verdict => verdict.By != verdict.Node && history.Lighthouses.Contains(verdict.By)))
        {
            yield return new Violation("I5c", $"{verdict}, which only nodes decide");
        }

        foreach (var exit in history.Exits)
        {
            if (exit.Code != Downed)
            {
                yield return new Violation("I5b", $"{exit}, which nobody had asked for");
            }
            else if (!HasReason(history, exit.Node, exit.At))
            {
                yield return new Violation("I5b", $"{exit}, to which nothing had been done");
            }
        }

        foreach (var probe in history.Probes)
        {
            if (probe.Took is not { } took)
            {
                yield return new Violation("I5a", $"{probe.Entity} could not be reached after all had healed");
            }
            else if (took > Reach)
            {
                yield return new Violation("I5a", $"{probe.Entity} could be reached only {took.TotalSeconds:0.0} s after all had healed");
            }
        }
    }

    private static bool HasReason(RunHistory history, string node, DateTimeOffset at) => history.Harms.Any(harm =>
        harm.Node == node && harm.From <= at && at <= harm.To + TimeSpan.FromTicks(history.Outages.Where(outage => outage.From < harm.To && harm.From < outage.To).Sum(outage => (outage.To - outage.From).Ticks)));
}
