using Realtime.Node.Cluster;
using Realtime.Node.Persistence.Journal;
using Realtime.Node.Persistence.Store;

namespace Realtime.Node.Operations;

/// <summary>
/// Whether clients should be sent here, and if not, why. Nothing but <c>/health/ready</c> and the door for new connections decides on it:
/// a store outage makes a node unready for newcomers, it does not make it drop those it has.
/// </summary>
public sealed class NodeReadiness(Journals journals, ClusterStanding standing)
{
    private int _phase = (int)NodePhase.Starting;
    private volatile bool _drained;

    public NodePhase Phase => (NodePhase)Volatile.Read(ref _phase);

    /// <summary>
    /// An operator has drained the node, and may take that back. Beside the phase, not one of them: phases only move forward, and a stop must never be undone by
    /// an operator who was a moment late.
    /// </summary>
    public bool IsDrained
    {
        get => _drained;
        set => _drained = value;
    }

    /// <summary>Whether new clients are let in.</summary>
    public bool IsServing => Phase is NodePhase.Serving && !IsDrained;

    /// <summary>Moves on; a late or repeated call that would move back does nothing (a stop may overtake a slow start).</summary>
    public void MoveTo(NodePhase phase)
    {
        var current = Volatile.Read(ref _phase);
        while (current < (int)phase)
        {
            var seen = Interlocked.CompareExchange(ref _phase, (int)phase, current);
            if (seen == current)
            {
                return;
            }

            current = seen;
        }
    }

    /// <summary>Empty when the node is ready.</summary>
    public IReadOnlyList<string> Obstacles()
    {
        var obstacles = new List<string>();
        switch (Phase)
        {
            case NodePhase.Starting:
                obstacles.Add("The node is starting.");
                break;
            case NodePhase.Draining or NodePhase.Stopped:
                obstacles.Add("The node is stopping.");
                break;
            case NodePhase.Serving when IsDrained:
                obstacles.Add("The node was drained by an operator.");
                break;
        }

        if (Phase is NodePhase.Serving)
        {
            AddTroubles(obstacles);
        }

        return obstacles;
    }

    private void AddTroubles(List<string> obstacles)
    {
        if (!standing.IsUp)
        {
            obstacles.Add("The node is not a member of its cluster.");
        }

        if (standing.MissingRegions is { Count: > 0 } missing)
        {
            obstacles.Add($"No shard can be given to this node: {string.Join(", ", missing)}.");
        }

        foreach (var journal in (ReadOnlySpan<JournalHandle>)[journals.Channels, journals.Sessions])
        {
            if (journal.State is { Trouble: { } trouble } state)
            {
                obstacles.Add($"The store is not well ({journal.Name}): {Meaning(trouble)}{(state.LastFailure is { } last ? ": " + last.Message : "")}.");
            }
        }
    }

    private static string Meaning(StoreFailureKind kind) => kind switch
    {
        StoreFailureKind.StorageFull => "no room is left",
        StoreFailureKind.OutOfReach => "it does not answer",
        _ => "calls fail",
    };
}
