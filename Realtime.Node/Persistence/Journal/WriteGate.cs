namespace Realtime.Node.Persistence.Journal;

/// <summary>
/// Bounds what may wait for one journal, in bytes and in writes: the queue of the plugin overflows by stopping actors, so admission asks
/// here first. A caller takes a lease before it persists and gives it back when it knows the outcome. A write that its caller has given up
/// counts until the store has ended it. Safe for all threads.
/// </summary>
public sealed class WriteGate
{
    private readonly Lock _lock = new();
    private readonly Queue<Action> _waiting = new();
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

    /// <summary>Writes that were refused a lease and ask again when there is room.</summary>
    public int Waiting
    {
        get
        {
            lock (_lock)
            {
                return _waiting.Count;
            }
        }
    }

    /// <summary>The part of its bounds that is taken: 1 when no write gets in any more.</summary>
    public double Utilization
    {
        get
        {
            lock (_lock)
            {
                return Math.Max((double)Bytes / _mostBytes, (double)Writes / _mostWrites);
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

    /// <summary>
    /// Runs the action once, when there is room or may be: one for each write that ends, in the order of their calls. It must not block; most often it sends a message.
    /// </summary>
    public void WhenThereIsRoom(Action action)
    {
        ArgumentNullException.ThrowIfNull(action);
        lock (_lock)
        {
            if (Writes > 0)
            {
                _waiting.Enqueue(action);
                return;
            }
        }

        action();
    }

    internal void Release(int bytes)
    {
        lock (_lock)
        {
            _leasedBytes -= bytes;
            _leasedWrites--;
        }

        LetIn();
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

        LetIn();
    }

    /// <summary>As many as there is room for. All of them when nothing is under way: no later end would call those that are left.</summary>
    private void LetIn()
    {
        var let = new List<Action>();
        lock (_lock)
        {
            for (var room = Writes == 0 ? _waiting.Count : Bytes < _mostBytes ? _mostWrites - Writes : 0; room > 0 && _waiting.TryDequeue(out var action); room--)
            {
                let.Add(action);
            }
        }

        let.ForEach(action => action());
    }
}
