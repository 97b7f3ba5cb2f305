using Realtime.Messages.Operators;
using Realtime.Pbm.Output;

namespace Realtime.Pbm.Waiting;

/// <summary>How far a node is that gives everything away. Counts in; out comes whether it is over.</summary>
/// <param name="leaves">Whether its process ends.</param>
internal sealed class Departure(string node, bool leaves)
{
    private NodeStatus? _last;
    private bool _isAlone;

    /// <summary>What it still has, in words; null before the first look.</summary>
    public string? Left => _last is not { } last ? null
        : _isAlone ? Words.Count(last.Connections, "connection")
        : $"{Words.Count(last.Shards, "shard")} and {Words.Count(last.Connections, "connection")}";

    public string State => _last?.Live?.Phase ?? _last?.Status ?? "";

    /// <summary>A look at the cluster; true: it is over.</summary>
    public bool Look(ClusterStatus cluster)
    {
        if (cluster.Nodes.FirstOrDefault(known => known.Name == node) is not { } status)
        {
            return leaves && _last is not null;
        }

        (_last, _isAlone) = (status, !cluster.Clustered);

        // Drained is said when shards and connections are gone.
        return leaves ? status.Status == "dead" : status is { Shards: 0, Status: "drained" };
    }

    /// <summary>
    /// No node answers. When there is no other node, or this one had nothing left when we saw it last, then this is how its leaving looks; otherwise we do not know.
    /// </summary>
    public bool GoneSilently => leaves && (_isAlone || _last is { Shards: 0, Connections: 0 });

    /// <summary>Somebody has taken the drain back, or the node came up again: it gives nothing away any more.</summary>
    public bool TakenBack => _last is { Status: "active", Live.Phase: "serving" };
}
