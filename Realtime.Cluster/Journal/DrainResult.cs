namespace Realtime.Cluster.Journal;

/// <summary>What became of a drain that must not leave the cluster without anybody who takes shards.</summary>
public enum DrainResult
{
    /// <summary>That incarnation is over.</summary>
    Dead = 0,

    Draining = 1,

    /// <summary>Refused: no other node takes shards.</summary>
    Last = 2,
}
