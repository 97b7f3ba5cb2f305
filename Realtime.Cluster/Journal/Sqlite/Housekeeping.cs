namespace Realtime.Cluster.Journal.Sqlite;

/// <summary>
/// Deletes what nobody reads any more: messages below a log's tail, and producers' marks older than the window. In small steps inside of
/// the writer's transactions, so that trimming a long log holds nobody up. Where it stands moves on only when the transaction commits.
/// </summary>
internal sealed class Housekeeping(SqliteDatabase database, TimeProvider time, TimeSpan producerWindow)
{
    /// <summary>Logs or marks looked at in one step, beside the messages deleted.</summary>
    private const int StepRows = 512;

    // The tail is read in the very transaction that deletes: a hint from an append that was rolled back deletes nothing.
    private readonly SqliteStatement _deleteMessages = database.Prepare(
        "DELETE FROM journal WHERE log = ?1 AND off < (SELECT min(tail, "
        + "(SELECT min(off) FROM journal WHERE log = ?1) + ?2) FROM log WHERE id = ?1)");

    private readonly SqliteStatement _trimmedLogs = database.Prepare(
        "SELECT id FROM log WHERE id > ?1 AND id <= ?2 AND (SELECT min(off) FROM journal WHERE log = id) < tail");

    private readonly SqliteStatement _lastLog = database.Prepare("SELECT coalesce(max(id), 0) FROM log");
    private readonly SqliteStatement _marks = database.Prepare(
        "SELECT log, producer, slot, at FROM producer WHERE (log, producer, slot) > (?1, ?2, ?3) ORDER BY log, producer, slot LIMIT ?4");

    private readonly SqliteStatement _deleteMark = database.Prepare(
        "DELETE FROM producer WHERE log = ?1 AND producer = ?2 AND slot = ?3 AND at < ?4");

    private readonly HashSet<long> _trimmed = [];
    private readonly List<long> _finished = [];
    private readonly List<MarkKey> _expired = [];
    private MarkKey? _markCursor;
    private MarkKey? _nextMark;
    private long? _logCursor = 0;
    private long? _nextLog;

    private readonly record struct MarkKey(long Log, string Producer, long Slot);

    public bool HasWork => _trimmed.Count > 0 || _markCursor is not null || _logCursor is not null;

    /// <summary>This log's tail may have moved.</summary>
    public void Trimmed(LogId log) => _trimmed.Add(log.Value);

    /// <summary>Starts looking through the marks, unless it is under way.</summary>
    /// <param name="logs">Also through the logs: other processes trim too, and some die before they have deleted what they trimmed.</param>
    public void BeginRound(bool logs)
    {
        _markCursor ??= new MarkKey(0, string.Empty, 0);
        if (logs)
        {
            _logCursor ??= 0;
        }
    }

    /// <summary>One bounded step inside of the open transaction; then <see cref="Committed"/> or <see cref="RolledBack"/>.</summary>
    /// <param name="rows">How many messages it may delete.</param>
    public void Step(int rows)
    {
        _finished.Clear();
        _nextLog = _logCursor;
        _nextMark = _markCursor;
        var rest = DeleteMessages(rows);
        if (rest > 0 && _logCursor is { } log)
        {
            FindTrimmed(log);
        }

        if (rest > 0 && _markCursor is { } mark)
        {
            DeleteMarks(mark);
        }
    }

    public void Committed()
    {
        foreach (var log in _finished)
        {
            _trimmed.Remove(log);
        }

        _finished.Clear();
        _logCursor = _nextLog;
        _markCursor = _nextMark;
    }

    public void RolledBack() => _finished.Clear();

    private int DeleteMessages(int rest)
    {
        foreach (var log in _trimmed)
        {
            _deleteMessages.Bind(1, log);
            _deleteMessages.Bind(2, rest);
            _deleteMessages.Run();
            var deleted = database.Changes;

            // Each log costs at least a seek, so it counts even when nothing was left to delete.
            rest -= Math.Max(1, deleted);
            if (rest <= 0)
            {
                break;
            }

            _finished.Add(log);
        }

        return rest;
    }

    /// <summary>What a killed process did not get round to, or an earlier step's rollback.</summary>
    private void FindTrimmed(long after)
    {
        _lastLog.Step();
        var last = _lastLog.Int64(0);
        _lastLog.Reset();
        var upTo = after + StepRows;
        _trimmedLogs.Bind(1, after);
        _trimmedLogs.Bind(2, upTo);
        while (_trimmedLogs.Step())
        {
            _trimmed.Add(_trimmedLogs.Int64(0));
        }

        _nextLog = upTo < last ? upTo : null;
    }

    private void DeleteMarks(MarkKey after)
    {
        var cutoff = (time.GetUtcNow() - producerWindow).ToUnixTimeMilliseconds();
        var seen = 0;
        _expired.Clear();
        _marks.Bind(1, after.Log);
        _marks.Bind(2, after.Producer);
        _marks.Bind(3, after.Slot);
        _marks.Bind(4, StepRows);
        while (_marks.Step())
        {
            seen++;
            after = new MarkKey(_marks.Int64(0), _marks.Text(1), _marks.Int64(2));
            if (_marks.Int64(3) < cutoff)
            {
                _expired.Add(after);
            }
        }

        foreach (var key in _expired)
        {
            _deleteMark.Bind(1, key.Log);
            _deleteMark.Bind(2, key.Producer);
            _deleteMark.Bind(3, key.Slot);
            _deleteMark.Bind(4, cutoff);
            _deleteMark.Run();
        }

        _nextMark = seen < StepRows ? null : after;
    }
}
