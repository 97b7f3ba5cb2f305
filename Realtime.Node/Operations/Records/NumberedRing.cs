namespace Realtime.Node.Operations.Records;

/// <summary>
/// The last entries of something, numbered from 1 without a hole, so that whoever reads on knows what was thrown out meanwhile. Bounded by count and by weight.
/// For many writers and readers.
/// </summary>
internal sealed class NumberedRing<T>(int count, long weight = long.MaxValue)
{
    private readonly Queue<(T Entry, long Weight)> _entries = new();
    private readonly Lock _lock = new();
    private long _last;
    private long _held;

    /// <param name="make">Gets the entry's number.</param>
    public void Add(Func<long, T> make, long entryWeight = 0)
    {
        lock (_lock)
        {
            _entries.Enqueue((make(++_last), entryWeight));
            _held += entryWeight;
            while (_entries.Count > count || (_held > weight && _entries.Count > 1))
            {
                _held -= _entries.Dequeue().Weight;
            }
        }
    }

    /// <summary>All that are kept, oldest first, and the number of the first; the number after the last when there are none.</summary>
    public (IReadOnlyList<T> Entries, long First) Snapshot()
    {
        lock (_lock)
        {
            return ([.. _entries.Select(entry => entry.Entry)], _last - _entries.Count + 1);
        }
    }

    /// <param name="after">Null: the newest.</param>
    /// <param name="fits">Whether an entry is wanted.</param>
    /// <param name="most">Sum of the weights of a page; the first entry is always in it.</param>
    public RingPage<T> Read(long? after, int limit, Func<T, bool> fits, long most = long.MaxValue, Func<T, long>? weigh = null)
    {
        var (entries, first) = Snapshot();
        var last = first + entries.Count - 1;
        var page = new List<T>();
        var spent = 0L;

        // A number from another life of this process may be one that has not been given yet: begin anew.
        var known = after is { } number && number > last ? 0 : after;
        if (known is not { } from)
        {
            for (var i = entries.Count - 1; i >= 0 && page.Count < limit; i--)
            {
                if (fits(entries[i]) && !Take(entries[i]))
                {
                    break;
                }
            }

            page.Reverse();
            return new RingPage<T>(page, last, 0);
        }

        var next = Math.Max(from, first - 1);
        for (var i = (int)(next + 1 - first); i < entries.Count && page.Count < limit; i++)
        {
            if (fits(entries[i]) && !Take(entries[i]))
            {
                break;
            }

            next = first + i;
        }

        return new RingPage<T>(page, next, Math.Max(0, first - 1 - from));

        bool Take(T entry)
        {
            spent += weigh?.Invoke(entry) ?? 0;
            if (spent > most && page.Count > 0)
            {
                return false;
            }

            page.Add(entry);
            return true;
        }
    }
}
