namespace Realtime.Cluster.Journal;

/// <summary>
/// What waits for the writer, bounded in items and bytes. A write counts until its batch is done, so the bound holds for everything the
/// store has promised to look at.
/// </summary>
internal sealed class WriteQueue(WriteBounds bounds)
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(2);
    private readonly object _gate = new();
    private readonly Queue<PendingWrite> _waiting = new();
    private int _items;
    private long _bytes;
    private bool _closed;
    private bool _woken;
    private bool _sleeping;

    /// <returns>Null when taken, else why not.</returns>
    public WriteOutcome? TryAdd(in PendingWrite write)
    {
        lock (_gate)
        {
            if (_closed)
            {
                return WriteOutcome.Unavailable;
            }

            // A write above the byte bound is taken when it is alone: otherwise it could never be written at all.
            if (_items >= bounds.QueueItems || (_items > 0 && _bytes + write.Bytes > bounds.QueueBytes))
            {
                return WriteOutcome.Busy;
            }

            _items++;
            _bytes += write.Bytes;
            _waiting.Enqueue(write);
            PulseIfSleeping();
            return null;
        }
    }

    /// <summary>Moves what waits into an empty batch, up to the caps.</summary>
    /// <param name="wait">False: comes back at once with nothing. True: waits for a write, <see cref="Wake"/> or the end.</param>
    /// <returns>False when the queue is closed and empty.</returns>
    public bool Take(List<PendingWrite> batch, bool wait)
    {
        lock (_gate)
        {
            while (wait && _waiting.Count == 0 && !_closed && !_woken)
            {
                _sleeping = true;
                Monitor.Wait(_gate);
                _sleeping = false;
            }

            _woken = false;
            long bytes = 0;
            while (batch.Count < bounds.BatchItems
                && _waiting.TryPeek(out var next)
                && (batch.Count == 0 || bytes + next.Bytes <= bounds.BatchBytes))
            {
                batch.Add(_waiting.Dequeue());
                bytes += next.Bytes;
            }

            return batch.Count > 0 || !_closed;
        }
    }

    /// <summary>Does nothing for a moment, so that other processes get at the lock to write: who lets go of it and takes it at once always wins.</summary>
    public void Rest()
    {
        lock (_gate)
        {
            if (!_closed)
            {
                Monitor.Wait(_gate, Pause);
            }
        }
    }

    /// <summary>The batch is done: its room is free again.</summary>
    public void Release(List<PendingWrite> batch)
    {
        long bytes = 0;
        foreach (var write in batch)
        {
            bytes += write.Bytes;
        }

        lock (_gate)
        {
            _items -= batch.Count;
            _bytes -= bytes;
        }
    }

    public void Wake()
    {
        lock (_gate)
        {
            _woken = true;
            PulseIfSleeping();
        }
    }

    /// <summary>Takes nothing more; what waits is still written.</summary>
    public void Close()
    {
        lock (_gate)
        {
            _closed = true;
            PulseIfSleeping();
        }
    }

    private void PulseIfSleeping()
    {
        if (_sleeping)
        {
            Monitor.Pulse(_gate);
        }
    }
}
