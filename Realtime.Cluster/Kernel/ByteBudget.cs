namespace Realtime.Cluster.Kernel;

/// <summary>Counts bytes against a bound; for queues that must not grow with the slowness of their readers. Not for several threads.</summary>
public struct ByteBudget(long limit)
{
    public long Used { get; private set; }

    public readonly long Limit => limit;

    public readonly bool IsOver => Used > limit;

    /// <summary>Takes the bytes if they fit. One item always fits into an empty budget: otherwise a large one could never pass.</summary>
    public bool TryTake(long bytes)
    {
        if (Used > 0 && Used + bytes > limit)
        {
            return false;
        }

        Used += bytes;
        return true;
    }

    public void Take(long bytes) => Used += bytes;

    public void Release(long bytes) => Used -= bytes;
}
