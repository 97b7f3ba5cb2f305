namespace Realtime.Node.Persistence.Journal;

/// <summary>
/// Bounds what may wait for one journal, in bytes and in writes: the queue of the plugin overflows by stopping actors, so admission asks
/// here first. A caller takes a lease before it persists and gives it back when it knows the outcome. A write that its caller has given up
/// counts until the store has ended it. Safe for all threads.
/// </summary>
public sealed class WriteGate
{
    private readonly Lock _lock = new();
    private readonly long _mostBytes;
    private readonly int _mostWrites;
    private long _leasedBytes;
    private int _leasedWrites;
    private long _pendingBytes;
    private int _pendingWrites;

    public WriteGate(long mostBytes, int mostWrites)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(mostBytes);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(mostWrites);
        (_mostBytes, _mostWrites) = (mostBytes, mostWrites);
    }

    /// <summary>True: the next lease would be refused, whatever its size.</summary>
    public bool IsFull
    {
        get
        {
            lock (_lock)
            {
                return Bytes >= _mostBytes || Writes >= _mostWrites;
            }
        }
    }

    /// <summary>Leased or in the journal, whichever is more: the one contains the other unless callers have given up.</summary>
    public long QueuedBytes
    {
        get
        {
            lock (_lock)
            {
                return Bytes;
            }
        }
    }

    public int QueuedWrites
    {
        get
        {
            lock (_lock)
            {
                return Writes;
            }
        }
    }

    private long Bytes => Math.Max(_leasedBytes, _pendingBytes);

    private int Writes => Math.Max(_leasedWrites, _pendingWrites);

    /// <summary>Null when there is no room. One write larger than the bound is let through when nothing else waits.</summary>
    public WriteLease? TryEnter(int bytes)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(bytes);
        lock (_lock)
        {
            if (Writes >= _mostWrites || (Bytes > 0 && Bytes + bytes > _mostBytes))
            {
                return null;
            }

            _leasedBytes += bytes;
            _leasedWrites++;
        }

        return new WriteLease(this, bytes);
    }

    internal void Release(int bytes)
    {
        lock (_lock)
        {
            _leasedBytes -= bytes;
            _leasedWrites--;
        }
    }

    internal void Begin(long bytes)
    {
        lock (_lock)
        {
            _pendingBytes += bytes;
            _pendingWrites++;
        }
    }

    internal void End(long bytes)
    {
        lock (_lock)
        {
            _pendingBytes -= bytes;
            _pendingWrites--;
        }
    }
}
