using Realtime.Messages.Ids;

namespace Realtime.Cluster.Journal.Memory;

/// <summary>Session rows in order of id. Records are mutable messages, so they are copied on the way in and out.</summary>
internal sealed class MemorySessions
{
    private readonly SortedDictionary<UInt128, StoredSession> _rows = [];

    public StoredSession? Load(SessionId session, long now) =>
        _rows.TryGetValue(session.Value, out var row) && !IsOver(row, now) ? row with { Record = row.Record.Clone() } : null;

    /// <returns>False when the row is not the expected one.</returns>
    public bool Put(SessionWrite write, long now)
    {
        _rows.TryGetValue(write.Session.Value, out var row);
        if (write.ExpectedRevision == 0)
        {
            if (row is not null && !IsOver(row, now))
            {
                return false;
            }
        }
        else if (row?.Revision != write.ExpectedRevision)
        {
            return false;
        }

        if (write.Record is { } record)
        {
            _rows[write.Session.Value] = new StoredSession(record.Clone(), write.ExpectedRevision + 1, write.ExpiresAt);
        }
        else if (write.ExpectedRevision != 0)
        {
            _rows.Remove(write.Session.Value);
        }

        return true;
    }

    public IReadOnlyList<SessionId> Attached(SessionId after, int limit) =>
        [.. _rows.Where(row => row.Key > after.Value && row.Value.ExpiresAt is null).Take(limit).Select(row => new SessionId(row.Key))];

    public int Sweep(long now, int limit)
    {
        var over = _rows.Where(row => IsOver(row.Value, now)).OrderBy(row => row.Value.ExpiresAt).Take(limit).Select(row => row.Key).ToArray();
        foreach (var session in over)
        {
            _rows.Remove(session);
        }

        return over.Length;
    }

    private static bool IsOver(StoredSession row, long now) => row.ExpiresAt < now;
}
