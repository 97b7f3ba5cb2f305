namespace Realtime.Node.Connections.Core;

/// <summary>
/// Remembers tickets for as long as they count, in two generations: what is older than one whole generation has expired by itself. Bounded; when it is
/// full no ticket counts, which costs a place in the ordinary queue.
/// </summary>
internal sealed class UsedTickets(long life, int capacity)
{
    private HashSet<UInt128> _young = [];
    private HashSet<UInt128> _old = [];
    private long _since = long.MinValue;

    /// <returns>False: used before, or there is no room to remember it.</returns>
    public bool TryUse(UInt128 mark, long now)
    {
        if (_since == long.MinValue || now - _since >= life)
        {
            // After a long pause both generations are over.
            _old = _since != long.MinValue && now - _since < 2 * life ? _young : [];
            _young = [];
            _since = now;
        }

        return _young.Count + _old.Count < capacity && !_old.Contains(mark) && _young.Add(mark);
    }
}
