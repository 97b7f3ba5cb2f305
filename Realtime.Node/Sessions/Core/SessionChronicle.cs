using Realtime.Messages.Entities;
using Realtime.Messages.Ids;

namespace Realtime.Node.Sessions.Core;

/// <summary>
/// The last things that happened to a session, for operators. A ring that grows to its size: there are very many sessions and most of them have
/// one or two entries, so an entry is three words, and the kind shares one with the time.
/// </summary>
internal sealed class SessionChronicle
{
    public const int Most = 16;

    /// <summary>Characters of a reason that are kept: it comes from an operator, and lies in memory as long as the session does.</summary>
    public const int LongestWhy = 200;

    private const int KindBits = 4;

    private Entry[] _ring = new Entry[1];
    private int _first;
    private int _count;
    private long _since;

    /// <summary>When its present phase began, milliseconds since 1970; null: before it was loaded.</summary>
    public long? Since
    {
        get => _since == 0 ? null : _since;
        set => _since = value ?? 0;
    }

    /// <param name="now">Milliseconds since 1970.</param>
    public void Add(SessionChange what, long now, NodeId? node, string? why = null)
    {
        Put(what, now, node, why);
        switch (what)
        {
            case SessionChange.Loaded:
                _since = 0;
                break;
            case SessionChange.Moved or SessionChange.Superseded:
                break;
            default:
                _since = now;
                break;
        }
    }

    /// <summary>Takes an entry over that a predecessor made.</summary>
    public void Put(SessionChange what, long at, NodeId? node, string? why)
    {
        if (_count == _ring.Length && _count < Most)
        {
            Array.Resize(ref _ring, _count * 2);
        }

        var entry = new Entry((at << KindBits) | (long)what, node?.Name, why is { Length: > LongestWhy } ? why[..LongestWhy] : why);
        if (_count < Most)
        {
            _ring[_count++] = entry;
        }
        else
        {
            _ring[_first] = entry;
            _first = (_first + 1) % Most;
        }
    }

    /// <summary>The reason of the last entry was not known when it was made.</summary>
    public void Amend(string why)
    {
        ref var last = ref _ring[(_first + _count - 1) % _ring.Length];
        last = last with { Why = why };
    }

    /// <summary>Oldest first.</summary>
    public IReadOnlyList<SessionOccurrence> ToList()
    {
        var list = new SessionOccurrence[_count];
        for (var i = 0; i < _count; i++)
        {
            var entry = _ring[(_first + i) % _ring.Length];
            list[i] = new SessionOccurrence(
                (SessionChange)(entry.Stamp & ((1 << KindBits) - 1)), entry.Stamp >> KindBits, entry.Node is { } node ? new NodeId(node) : null, entry.Why);
        }

        return list;
    }

    private readonly record struct Entry(long Stamp, string? Node, string? Why);
}
