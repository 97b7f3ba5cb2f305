namespace Realtime.Node.Cluster;

/// <summary>Whether this node is a member that holds shards, as <see cref="ClusterStandingWatch"/> sees it. Safe for all threads.</summary>
public sealed class ClusterStanding
{
    private volatile bool _isUp;
    private volatile bool _isDrained;
    private volatile IReadOnlyList<string> _missing = [];
    private readonly TaskCompletionSource _settled = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Completes when it is a member and every coordinator knows its region, for the first time.</summary>
    public Task Settled => _settled.Task;

    /// <summary>A member, and able to get shards.</summary>
    public bool IsUp
    {
        get => _isUp;
        internal set
        {
            _isUp = value;
            Settle();
        }
    }

    /// <summary>Kinds of entities whose coordinator does not know this node's region.</summary>
    public IReadOnlyList<string> MissingRegions
    {
        get => _missing;
        internal set
        {
            _missing = value;
            Settle();
        }
    }

    /// <summary>An operator wants this node empty.</summary>
    public bool IsDrained
    {
        get => _isDrained;
        internal set => _isDrained = value;
    }

    private void Settle()
    {
        if (IsUp && MissingRegions.Count == 0)
        {
            _settled.TrySetResult();
        }
    }
}
