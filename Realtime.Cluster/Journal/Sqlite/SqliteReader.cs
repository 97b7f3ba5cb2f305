using Realtime.Messages.Ids;
using Realtime.Messages.Persisted;
using Realtime.Messages.Positions;

namespace Realtime.Cluster.Journal.Sqlite;

/// <summary>One reading connection with its statements. Everything one answer says comes from one snapshot.</summary>
internal sealed class SqliteReader(SqliteDatabase database) : IDisposable
{
    private readonly SqliteStatement _begin = database.Prepare("BEGIN");
    private readonly SqliteStatement _end = database.Prepare("COMMIT");
    private readonly SqliteStatement _log = database.Prepare("SELECT id, epoch, head, tail, total FROM log WHERE name = ?1");
    private readonly SqliteStatement _bounds = database.Prepare("SELECT head, tail FROM log WHERE id = ?1");
    private readonly SqliteStatement _before = database.Prepare("SELECT before FROM journal WHERE log = ?1 AND off = ?2");
    private readonly SqliteStatement _time = database.Prepare("SELECT at FROM journal WHERE log = ?1 AND off = ?2");
    private readonly SqliteStatement _marks = database.Prepare(
        "SELECT producer, count, seq, off, at FROM producer WHERE log = ?1 AND at >= ?2 ORDER BY log, producer, slot");

    private readonly SqliteStatement _messages = database.Prepare(
        "SELECT off, at, record FROM journal WHERE log = ?1 AND off > ?2 AND off <= ?3 ORDER BY log, off LIMIT ?4");

    private readonly SqliteStatement _session = database.Prepare(
        "SELECT revision, expires_at, record FROM session WHERE id = ?1 AND (expires_at IS NULL OR expires_at >= ?2)");

    private readonly SqliteStatement _attached = database.Prepare(
        "SELECT id, shard FROM session WHERE expires_at IS NULL AND id > ?1 ORDER BY id");

    private readonly SqliteStatement _oldest = database.Prepare(
        "SELECT l.id, l.name, j.at FROM log l JOIN journal j ON j.log = l.id AND j.off = l.tail WHERE l.id > ?1 AND l.tail <= l.head ORDER BY l.id LIMIT ?2");

    private readonly FenceStatement _fences = new(database);

    /// <param name="marksSince">Older marks are left out.</param>
    /// <returns>Null when the channel has no log.</returns>
    /// <exception cref="StoreFencedException">The fence does not hold in the very snapshot that has the head.</exception>
    public OpenLog? Open(ChannelName channel, StoreIdentity store, long marksSince, ShardFence? fence) => Snapshot(() =>
    {
        if (fence is { } right && !_fences.Holds(right))
        {
            throw new StoreFencedException($"shard {right.Shard} is not in epoch {right.Epoch} of node {right.Owner}");
        }

        _log.Bind(1, channel.Value);
        if (!_log.Step())
        {
            return null;
        }

        var (id, epoch, head, tail, total) = (_log.Int64(0), _log.Int64(1), _log.Int64(2), _log.Int64(3), _log.Int64(4));
        _log.Reset();
        var bytes = tail > head ? 0 : total - Lookup(_before, id, tail);
        return new OpenLog(new LogId(id), LogEpoch.Of(store, epoch), head, tail, bytes, Marks(id, marksSince));
    });

    public LogSlice Read(LogId log, long after, int limit, int maxBytes) => Snapshot(() =>
    {
        var (head, tail) = Bounds(log);
        var messages = new List<LogMessage>();
        var first = Math.Max(after, tail - 1) + 1;
        long bytes = 0;
        _messages.Bind(1, log.Value);
        _messages.Bind(2, first - 1);
        _messages.Bind(3, head);
        _messages.Bind(4, Math.Max(0, limit));
        while (_messages.Step())
        {
            var offset = _messages.Int64(0);
            if (offset != first + messages.Count)
            {
                throw Hole(log, first + messages.Count);
            }

            var message = RecordCodec.Read(offset, _messages.Int64(1), _messages.Blob(2));
            bytes += message.Payload.Length;
            if (messages.Count > 0 && bytes > maxBytes)
            {
                return new LogSlice(head, tail, messages);
            }

            messages.Add(message);
        }

        return messages.Count < limit && first + messages.Count <= head
            ? throw Hole(log, first + messages.Count)
            : new LogSlice(head, tail, messages);
    });

    public LogSlice Head(LogId log)
    {
        var (head, tail) = Bounds(log);
        return new LogSlice(head, tail, []);
    }

    public long OffsetBefore(LogId log, long at) => Snapshot(() =>
    {
        var (head, tail) = Bounds(log);
        return TimeSearch.OffsetBefore(tail, head, at, offset => Lookup(_time, log.Value, offset));
    });

    public StoredSession? Session(SessionId session, long now)
    {
        Span<byte> id = stackalloc byte[SessionId.Bytes];
        session.Write(id);
        _session.Bind(1, id);
        _session.Bind(2, now);
        try
        {
            return _session.Step()
                ? new StoredSession(
                    SessionRecord.Parser.ParseFrom(_session.Blob(2)), _session.Int64(0), _session.IsNull(1) ? null : _session.Int64(1))
                : null;
        }
        finally
        {
            _session.Reset();
        }
    }

    public IReadOnlyList<OldestMessage> Oldest(LogId after, int limit)
    {
        _oldest.Bind(1, after.Value);
        _oldest.Bind(2, limit);
        var found = new List<OldestMessage>();
        try
        {
            while (_oldest.Step())
            {
                found.Add(new OldestMessage(new LogId(_oldest.Int64(0)), ChannelName.FromStore(_oldest.Text(1)), _oldest.Int64(2)));
            }

            return found;
        }
        finally
        {
            _oldest.Reset();
        }
    }

    /// <param name="shards">Null: all.</param>
    public IReadOnlyList<SessionId> Attached(IReadOnlySet<long>? shards, SessionId after, int limit)
    {
        Span<byte> id = stackalloc byte[SessionId.Bytes];
        after.Write(id);
        _attached.Bind(1, id);
        var sessions = new List<SessionId>();
        try
        {
            while (sessions.Count < limit && _attached.Step())
            {
                if (shards is null || _attached.IsNull(1) || shards.Contains(_attached.Int64(1)))
                {
                    sessions.Add(SessionId.Read(_attached.Blob(0)));
                }
            }

            return sessions;
        }
        finally
        {
            _attached.Reset();
        }
    }

    private List<ProducerMark> Marks(long log, long since)
    {
        var marks = new List<ProducerMark>();
        ProducerId producer = default;
        _marks.Bind(1, log);
        _marks.Bind(2, since);
        while (_marks.Step())
        {
            // A producer has up to 256 rows: one string for all of them.
            var name = _marks.Text(0);
            producer = producer.Value == name ? producer : ProducerId.FromStore(name);
            marks.Add(new ProducerMark(producer, _marks.Int64(1), _marks.Int64(2), _marks.Int64(3), _marks.Int64(4)));
        }

        return marks;
    }

    private (long Head, long Tail) Bounds(LogId log)
    {
        _bounds.Bind(1, log.Value);
        if (!_bounds.Step())
        {
            throw new ArgumentException($"there is no log {log.Value}", nameof(log));
        }

        var bounds = (_bounds.Int64(0), _bounds.Int64(1));
        _bounds.Reset();
        return bounds;
    }

    private static long Lookup(SqliteStatement statement, long log, long offset)
    {
        statement.Bind(1, log);
        statement.Bind(2, offset);
        if (!statement.Step())
        {
            throw Hole(new LogId(log), offset);
        }

        var value = statement.Int64(0);
        statement.Reset();
        return value;
    }

    private static InvalidDataException Hole(LogId log, long offset) => new($"log {log.Value} has lost its message {offset}");

    private T Snapshot<T>(Func<T> read)
    {
        _begin.Run();
        try
        {
            return read();
        }
        finally
        {
            // A statement that was left half way would keep the snapshot, and with it the write-ahead log, from ever shrinking.
            _messages.Reset();
            _marks.Reset();
            _end.Run();
        }
    }

    public void Dispose() => database.Dispose();
}
