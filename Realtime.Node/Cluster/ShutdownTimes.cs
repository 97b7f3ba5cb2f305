namespace Realtime.Node.Cluster;

/// <summary>
/// How long each part of a stop may take, each inside the next: a write's call, the hand-off of a shard, the phase that waits for all
/// hand-offs, the host. Were one not inside the next, what is under way would be cut.
/// </summary>
/// <param name="JournalCall">After which a write's outcome is unknown.</param>
/// <param name="HandOff">After which a shard is stopped although entities have not ended. Sharding itself takes up to 5 s of it.</param>
/// <param name="Regions">Of the phase <c>cluster-sharding-shutdown-region</c>.</param>
/// <param name="Host">Of the whole program.</param>
public sealed record ShutdownTimes(TimeSpan JournalCall, TimeSpan HandOff, TimeSpan Regions, TimeSpan Host)
{
    private static readonly TimeSpan TakenBySharding = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan TakenByPhase = TimeSpan.FromSeconds(6);

    /// <summary>After which a node that stops waits no longer for its shards to be with other nodes: what is left is handed over all at once when it leaves.</summary>
    public static readonly TimeSpan GiveAway = TimeSpan.FromSeconds(30);

    public static ShutdownTimes Default { get; } =
        new(TimeSpan.FromSeconds(6), TimeSpan.FromSeconds(15), TimeSpan.FromSeconds(20), TimeSpan.FromSeconds(25));

    /// <summary>Every link of the chain that does not hold; empty when all do.</summary>
    public IReadOnlyList<string> Faults()
    {
        var faults = new List<string>();
        Inside(nameof(JournalCall), JournalCall, nameof(HandOff), HandOff, TakenBySharding);
        Inside(nameof(HandOff), HandOff - TakenBySharding, nameof(Regions), Regions, TakenByPhase);
        Inside(nameof(Regions), Regions - TakenByPhase, nameof(Host), Host, TimeSpan.Zero);
        return faults;

        void Inside(string inner, TimeSpan innerTime, string outer, TimeSpan outerTime, TimeSpan taken)
        {
            if (innerTime >= outerTime - taken)
            {
                faults.Add($"{inner} ({innerTime.TotalSeconds} s) must be less than {outer} ({outerTime.TotalSeconds} s) less {taken.TotalSeconds} s");
            }
        }
    }
}
