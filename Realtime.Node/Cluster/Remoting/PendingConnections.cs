namespace Realtime.Node.Cluster.Remoting;

/// <summary>
/// Connections that came in and have not said who they are. There are few of them at a time and none for long, so that a stranger who opens many and says nothing costs little.
/// </summary>
internal sealed class PendingConnections(int most, TimeSpan timeout, TimeProvider time)
{
    private readonly object _gate = new();
    private readonly LinkedList<Entry> _entries = new();

    /// <param name="close">Ends it, with the reason; called at most once, and not after <see cref="TryRemove"/> was true.</param>
    public LinkedListNode<Entry> Add(Action<string> close)
    {
        Entry? oldest = null;
        LinkedListNode<Entry> added;
        lock (_gate)
        {
            if (_entries.Count >= most)
            {
                oldest = _entries.First!.Value;
                _entries.RemoveFirst();
            }

            added = _entries.AddLast(new Entry(close, time.GetTimestamp()));
        }

        oldest?.Close($"it had not said who it is when {most} others came after it");
        return added;
    }

    /// <returns>False: it was closed.</returns>
    public bool TryRemove(LinkedListNode<Entry> entry)
    {
        lock (_gate)
        {
            if (entry.List is null)
            {
                return false;
            }

            _entries.Remove(entry);
            return true;
        }
    }

    /// <summary>Closes those whose time is over.</summary>
    public void Sweep()
    {
        while (Overdue() is { } overdue)
        {
            overdue.Close($"it did not say who it is within {timeout.TotalSeconds:0.#} s");
        }
    }

    private Entry? Overdue()
    {
        lock (_gate)
        {
            if (_entries.First is not { } oldest || time.GetElapsedTime(oldest.Value.Since) < timeout)
            {
                return null;
            }

            _entries.RemoveFirst();
            return oldest.Value;
        }
    }

    internal sealed record Entry(Action<string> Close, long Since);
}
