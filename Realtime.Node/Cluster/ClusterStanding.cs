namespace Realtime.Node.Cluster;

/// <summary>Whether this node is a member that holds shards, as <see cref="ClusterStandingWatch"/> sees it. Safe for all threads.</summary>
public sealed class ClusterStanding
{
    private volatile bool _isUp;
    private volatile IReadOnlyList<string> _missing = [];

    /// <summary>A member, and able to get shards.</summary>
    public bool IsUp
    {
        get => _isUp;
        internal set => _isUp = value;
    }

    /// <summary>Kinds of entities whose coordinator does not know this node's region.</summary>
    public IReadOnlyList<string> MissingRegions
    {
        get => _missing;
        internal set => _missing = value;
    }
}
