using Realtime.Messages.Operators;

namespace Realtime.Pbm.Waiting;

/// <summary>How far a node is that gives everything away. Counts in; out comes whether it is over.</summary>
/// <param name="leaves">Whether its process ends.</param>
internal sealed class Departure(string node, bool leaves)
{
    private NodeStatus? _last;

    /// <summary>What it still has; null before the first look.</summary>
    public (int Shards, int Connections)? Left => _last is { } last ? (last.Shards, last.Connections) : null;

    public string State => _last?.Live?.Phase ?? _last?.Status ?? "";

    /// <summary>Why it will not come to an end by itself, if something holds it up.</summary>
    public string? Stuck => _last?.Live?.Moves is { } moves && moves.Pending + moves.UnderWay == 0 && moves.Stayed + moves.Unmovable > 0
        ? $"{moves.Stayed + moves.Unmovable} connections stay: {(moves.Unmovable > 0 ? "there is nowhere to send them" : "asked in vain")}"
        : null;

    /// <summary>A look at the cluster; true: it is over.</summary>
    public bool Look(ClusterStatus cluster)
    {
        if (cluster.Nodes.FirstOrDefault(known => known.Name == node) is not { } status)
        {
            return leaves && _last is not null;
        }

        _last = status;

        // The row says drained when the shards are gone; the node itself when its connections are, too. Who answers us may be behind it:
        // whoever looks next would see shards where we said there are none.
        return leaves ? status.Status == "dead" : status is { Shards: 0, Live.Phase: "drained" };
    }

    /// <summary>
    /// Nobody answers. When the node was the only one we could ask, and had nothing left when we saw it last, then this is how its leaving
    /// looks; otherwise we do not know.
    /// </summary>
    public bool GoneSilently => leaves && _last is { Shards: 0, Connections: 0 };

    /// <summary>Somebody has taken the drain back, or the node came up again: it gives nothing away any more.</summary>
    public bool TakenBack => _last is { Status: "active", Live.Phase: "serving" };
}
