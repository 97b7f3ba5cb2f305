namespace Realtime.Node.Persistence.Store;

/// <summary>
/// Of a store that no other process can open: the operating system holds the lock of its file as long as this process lives. Held until the
/// store's files are found to be gone, and never again. Safe for all threads.
/// </summary>
internal sealed class FileLease : IWriterLease
{
    private int _isLost;

    public bool IsHeld => !IsLost;

    public bool IsLost => Volatile.Read(ref _isLost) != 0;

    /// <summary>True the first time.</summary>
    public bool TryLose() => Interlocked.Exchange(ref _isLost, 1) == 0;
}
