namespace Realtime.Tests.Cluster.Stage;

/// <summary>How a cluster under test is set up.</summary>
internal sealed record StageOptions
{
    public int Nodes { get; init; } = 3;

    public int Shards { get; init; } = 64;

    /// <summary>Everything else derives from it: self-fence after 3, eviction after 5.</summary>
    public TimeSpan Heartbeat { get; init; } = TimeSpan.FromMilliseconds(300);

    public TimeSpan DrainWindow { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>Value of <c>REALTIME_FAULTPOINTS</c> for every node; null: none.</summary>
    public string? FaultPoints { get; init; }

    public TimeSpan SelfFence => Heartbeat * 3;

    public TimeSpan Evict => Heartbeat * 5;
}
