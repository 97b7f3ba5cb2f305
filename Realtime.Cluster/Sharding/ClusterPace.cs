namespace Realtime.Cluster.Sharding;

/// <summary>How fast shards move when nobody is in a hurry.</summary>
/// <param name="Batch">Shards that stop together: their entities are out of reach until the batch is over.</param>
/// <param name="Pause">Between two batches; a node that drains does not pause.</param>
public sealed record ClusterPace(int Batch, TimeSpan Pause)
{
    public static ClusterPace Default { get; } = new(16, TimeSpan.FromMilliseconds(100));
}
