using Google.Protobuf;
using Realtime.Cluster.Kernel;
using Realtime.Messages.Ids;

namespace Realtime.Cluster.Journal.Sqlite;

/// <summary>
/// The writer's statements, prepared once. Each write runs inside the batch's transaction and says for itself whether it found what it
/// expected; one that did not has changed nothing, so the others go on.
/// </summary>
internal sealed class WriteStatements(SqliteDatabase database, TimeProvider time, TimeSpan patience)
{
    private readonly SqliteStatement _commit = database.Prepare("COMMIT");
    private readonly SqliteStatement _rollback = database.Prepare("ROLLBACK");
    private readonly SqliteStatement _fence = database.Prepare("UPDATE cluster SET fence = fence + 1, probe = NULL");
    private readonly SqliteStatement _probe = database.Prepare("UPDATE cluster SET probe = zeroblob(16384)");
    private readonly SqliteStatement _createLog = database.Prepare(
        "INSERT INTO log (name, epoch, head, tail, total) VALUES (?1, 1, 0, 1, 0) ON CONFLICT (name) DO NOTHING");

    private readonly SqliteStatement _advance = database.Prepare(
        "UPDATE log SET head = ?3, tail = max(tail, ?4), total = total + ?5 WHERE id = ?1 AND "
        + (FaultPoints.Current.NoHeadCheck ? "?2 = ?2" : "head = ?2") + " RETURNING total");

    private readonly SqliteStatement _message = database.Prepare(
        "INSERT INTO journal (log, off, at, before, record) VALUES (?1, ?2, ?3, ?4, ?5)");

    private readonly SqliteStatement _mark = database.Prepare(
        "REPLACE INTO producer (log, producer, slot, count, seq, off, at) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)");

    // A row past its expiry counts as gone before the sweep has come round.
    private readonly SqliteStatement _insertSession = database.Prepare(
        "INSERT INTO session (id, revision, expires_at, record, shard) VALUES (?1, 1, ?2, ?3, ?5) "
        + "ON CONFLICT (id) DO UPDATE SET revision = 1, expires_at = excluded.expires_at, record = excluded.record, shard = excluded.shard "
        + "WHERE session.expires_at < ?4");

    private readonly SqliteStatement _updateSession = database.Prepare(
        "UPDATE session SET revision = revision + 1, expires_at = ?3, record = ?4, shard = coalesce(?5, shard) WHERE id = ?1 AND revision = ?2");

    private readonly SqliteStatement _deleteSession = database.Prepare("DELETE FROM session WHERE id = ?1 AND revision = ?2");
    private readonly SqliteStatement _liveSession = database.Prepare(
        "SELECT 1 FROM session WHERE id = ?1 AND (expires_at IS NULL OR expires_at >= ?2)");

    private readonly SqliteStatement _sweepSessions = database.Prepare(
        "DELETE FROM session WHERE id IN (SELECT id FROM session WHERE expires_at < ?1 ORDER BY expires_at LIMIT ?2)");

    private readonly FenceStatement _fences = new(database);
    private byte[] _scratch = new byte[4096];

    public void Begin()
    {
        // What an earlier rollback could not end; beginning inside of it would fail for ever.
        Rollback();
        database.BeginWrite(patience);
    }

    public void Commit()
    {
        if (FaultPoints.Current.Append.Draw() is { Ticks: > 0 } delay)
        {
            // A thread of its own waits; there is nothing it could do meanwhile.
            using var never = new ManualResetEventSlim();
            never.Wait(delay);
        }

        _commit.Run();
    }

    public void Rollback()
    {
        if (database.InTransaction)
        {
            _rollback.Run();
        }
    }

    /// <summary>A small write that changes nothing anybody reads.</summary>
    public void Fence() => _fence.Run();

    /// <summary>A write that needs room, followed in the same transaction by <see cref="Fence"/>.</summary>
    public void Probe() => _probe.Run();

    public WriteOutcome Apply(object request)
    {
        switch (request)
        {
            case AppendRequest { Fence: { } fence } when !FaultPoints.Current.NoFence && !_fences.Holds(fence):
            case SessionWrite { Fence: { } owner } when !_fences.Holds(owner):
            case CreateLog { Fence: { } creator } when !_fences.Holds(creator):
                return WriteOutcome.Fenced;
            case AppendRequest append:
                return Append(append);
            case SessionWrite session:
                return Put(session) ? WriteOutcome.Committed : WriteOutcome.Conflict;
            case CreateLog create:
                _createLog.Bind(1, create.Channel.Value);
                _createLog.Run();
                return WriteOutcome.Committed;
            case SweepSessions sweep:
                _sweepSessions.Bind(1, sweep.Now);
                _sweepSessions.Bind(2, sweep.Limit);
                _sweepSessions.Run();
                sweep.Deleted = database.Changes;
                return WriteOutcome.Committed;
            default:
                throw new ArgumentException($"no such write: {request.GetType().Name}", nameof(request));
        }
    }

    private WriteOutcome Append(AppendRequest request)
    {
        var log = request.Log.Value;
        var messages = request.Messages;
        long added = 0;
        for (var i = 0; i < messages.Count; i++)
        {
            added += messages[i].Size;
        }

        _advance.Bind(1, log);
        _advance.Bind(2, request.ExpectedHead);
        _advance.Bind(3, request.ExpectedHead + messages.Count);
        _advance.Bind(4, request.Tail ?? 0);
        _advance.Bind(5, added);
        if (!_advance.Step())
        {
            return WriteOutcome.Conflict;
        }

        var before = _advance.Int64(0) - added;
        _advance.Reset();
        for (var i = 0; i < messages.Count; i++)
        {
            var message = messages[i];
            _message.Bind(1, log);
            _message.Bind(2, message.Offset);
            _message.Bind(3, message.At);
            _message.Bind(4, before);
            _message.Bind(5, Encode(RecordCodec.ToRecord(message)));
            _message.Run();
            before += message.Size;
        }

        var marks = request.Marks;
        for (var i = 0; i < marks.Count; i++)
        {
            var mark = marks[i];
            _mark.Bind(1, log);
            _mark.Bind(2, mark.Producer.Value);
            _mark.Bind(3, mark.Slot);
            _mark.Bind(4, mark.Count);
            _mark.Bind(5, mark.Sequence);
            _mark.Bind(6, mark.Offset);
            _mark.Bind(7, mark.At);
            _mark.Run();
        }

        return WriteOutcome.Committed;
    }

    /// <returns>False when the row was not the expected one.</returns>
    private bool Put(SessionWrite write)
    {
        Span<byte> id = stackalloc byte[SessionId.Bytes];
        write.Session.Write(id);
        var now = time.GetUtcNow().ToUnixTimeMilliseconds();
        switch (write)
        {
            case { Record: null, ExpectedRevision: 0 }:
                _liveSession.Bind(1, id);
                _liveSession.Bind(2, now);
                if (_liveSession.Step())
                {
                    _liveSession.Reset();
                    return false;
                }

                return true;
            case { Record: null }:
                _deleteSession.Bind(1, id);
                _deleteSession.Bind(2, write.ExpectedRevision);
                _deleteSession.Run();
                return database.Changes == 1;
            case { ExpectedRevision: 0 }:
                _insertSession.Bind(1, id);
                _insertSession.Bind(2, write.ExpiresAt);
                _insertSession.Bind(3, Encode(write.Record));
                _insertSession.Bind(4, now);
                _insertSession.Bind(5, write.Fence?.Shard.Value);
                _insertSession.Run();
                return database.Changes == 1;
            default:
                _updateSession.Bind(1, id);
                _updateSession.Bind(2, write.ExpectedRevision);
                _updateSession.Bind(3, write.ExpiresAt);
                _updateSession.Bind(4, Encode(write.Record));
                _updateSession.Bind(5, write.Fence?.Shard.Value);
                _updateSession.Run();
                return database.Changes == 1;
        }
    }

    private ReadOnlySpan<byte> Encode(IMessage record)
    {
        var size = record.CalculateSize();
        if (size > _scratch.Length)
        {
            _scratch = new byte[Math.Max(size, _scratch.Length * 2)];
        }

        record.WriteTo(_scratch.AsSpan(0, size));
        return _scratch.AsSpan(0, size);
    }
}
