using Realtime.Messages.Ids;

namespace Realtime.Cluster.Journal.Memory;

/// <summary>Session rows in order of id. Records are mutable messages, so they are copied on the way in and out.</summary>
internal sealed class MemorySessions
{
    private readonly SortedDictionary<UInt128, StoredSession> _rows = [];

    // Sessions that were written under a fence; for the others nobody has said where they live.
    private readonly Dictionary<UInt128, ShardId> _shards = [];

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
            if (write.Fence is { } fence)
            {
                _shards[write.Session.Value] = fence.Shard;
            }
        }
        else if (write.ExpectedRevision != 0)
        {
            Remove(write.Session.Value);
        }

        return true;
    }

    /// <param name="shards">Null: all.</param>
    public IReadOnlyList<SessionId> Attached(IReadOnlyCollection<ShardId>? shards, SessionId after, int limit)
    {
        var attached = _rows.Where(row => row.Key > after.Value && row.Value.ExpiresAt is null).Select(row => row.Key);
        if (shards is not null)
        {
            var wanted = shards.ToHashSet();
            attached = attached.Where(session => !_shards.TryGetValue(session, out var shard) || wanted.Contains(shard));
        }

        return [.. attached.Take(limit).Select(session => new SessionId(session))];
    }

    public int Sweep(long now, int limit)
    {
        var over = _rows.Where(row => IsOver(row.Value, now)).OrderBy(row => row.Value.ExpiresAt).Take(limit).Select(row => row.Key).ToArray();
        foreach (var session in over)
        {
            Remove(session);
        }

        return over.Length;
    }

    private void Remove(UInt128 session)
    {
        _rows.Remove(session);
        _shards.Remove(session);
    }

    private static bool IsOver(StoredSession row, long now) => row.ExpiresAt < now;
}
