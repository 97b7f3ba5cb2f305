namespace Realtime.Node.Connections;

/// <summary>Counts over all connections of a node. Safe for all threads.</summary>
internal sealed class ConnectionCounts
{
    private int _open;
    private long _openedEver;
    private long _queuedBytes;

    /// <summary>Connections that are open.</summary>
    public int Open => Volatile.Read(ref _open);

    /// <summary>Connections that were ever open: who reads the same twice has seen all that there are.</summary>
    public long OpenedEver => Interlocked.Read(ref _openedEver);

    /// <summary>Bytes that wait to be written to clients, as of the last look.</summary>
    public long QueuedBytes => Interlocked.Read(ref _queuedBytes);

    public void Opened()
    {
        Interlocked.Increment(ref _open);
        Interlocked.Increment(ref _openedEver);
    }

    public void Closed() => Interlocked.Decrement(ref _open);

    public void AddQueued(long bytes) => Interlocked.Add(ref _queuedBytes, bytes);
}
