namespace Realtime.Node.Feeds.Core;

/// <summary>Counts bytes against a bound; for queues that must not grow with the slowness of their readers. Not for several threads.</summary>
internal record struct ByteBudget(long Limit)
{
    public long Used { get; private set; }

    public readonly bool IsOver => Used > Limit;

    /// <summary>One item always fits into an empty budget: otherwise a large one could never pass.</summary>
    public readonly bool Fits(long bytes) => Used == 0 || Used + bytes <= Limit;

    /// <summary>Takes the bytes if they fit.</summary>
    public bool TryTake(long bytes)
    {
        if (!Fits(bytes))
        {
            return false;
        }

        Used += bytes;
        return true;
    }

    public void Take(long bytes) => Used += bytes;

    public void Release(long bytes) => Used -= bytes;
}
