namespace Realtime.Node.Feeds;

/// <summary>The subscribers of all feeds of a node, for metrics. Any thread may read and write it.</summary>
internal sealed class NodeSubscriberCount
{
    private int _total;
    private int _behind;

    public int Total => Volatile.Read(ref _total);

    /// <summary>Those that read from the log, or wait for room in their connection's queue.</summary>
    public int Behind => Volatile.Read(ref _behind);

    public void Add(int subscribers, int behind)
    {
        Interlocked.Add(ref _total, subscribers);
        Interlocked.Add(ref _behind, behind);
    }
}
