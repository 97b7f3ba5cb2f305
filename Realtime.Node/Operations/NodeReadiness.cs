using Realtime.Node.Cluster;
using Realtime.Node.Persistence.Journal;

namespace Realtime.Node.Operations;

/// <summary>
/// Whether clients should be sent here, and if not, why. Nothing but <c>/health/ready</c> and the door for new connections decides on it:
/// a store outage makes a node unready for newcomers, it does not make it drop those it has.
/// </summary>
public sealed class NodeReadiness(Journals journals, ClusterStanding standing)
{
    private int _phase = (int)NodePhase.Starting;

    /// <summary>The phase it has moved to. Called on any thread; handlers must not block.</summary>
    public event Action<NodePhase>? Moved;

    public NodePhase Phase => (NodePhase)Volatile.Read(ref _phase);

    /// <summary>Whether new clients are let in.</summary>
    public bool IsServing => Phase is NodePhase.Serving;

    /// <summary>Moves on; a late or repeated call that would move back does nothing (a stop may overtake a slow start).</summary>
    public void MoveTo(NodePhase phase)
    {
        var current = Volatile.Read(ref _phase);
        while (current < (int)phase)
        {
            var seen = Interlocked.CompareExchange(ref _phase, (int)phase, current);
            if (seen == current)
            {
                Moved?.Invoke(phase);
                return;
            }

            current = seen;
        }
    }

    /// <summary>Empty when the node is ready.</summary>
    public IReadOnlyList<string> Obstacles() => Phase switch
    {
        NodePhase.Starting => ["The node is starting."],
        NodePhase.Serving => Troubles(),
        _ => ["The node is stopping.", .. journals.Store.Loss is null ? [] : StoreTroubles.Of(journals)],
    };

    private List<string> Troubles()
    {
        var obstacles = new List<string>();
        if (!standing.IsUp)
        {
            obstacles.Add("The node is not a member of its cluster.");
        }

        if (standing.IsDrained)
        {
            obstacles.Add("The node is drained by an operator.");
        }

        if (standing.MissingRegions is { Count: > 0 } missing)
        {
            obstacles.Add($"No shard can be given to this node: {string.Join(", ", missing)}.");
        }

        if (journals.Store is { Loss: null, Lease.IsHeld: false })
        {
            obstacles.Add("The row of this node in the store was not renewed lately.");
        }

        obstacles.AddRange(StoreTroubles.Of(journals));
        return obstacles;
    }
}
