using LinqToDB.Data;
using LinqToDB.Mapping;
using Realtime.Messages.Ids;
using Realtime.Node.Persistence.Events;
using Realtime.Node.Persistence.Serialization;

namespace Realtime.Node.Persistence.Store;

/// <summary>
/// Idle sessions of a SQL store. The same statements for SQLite and PostgreSQL: all they need is an index on the time of writing.
/// </summary>
public sealed class SqlIdleSessions(EventStore store) : IIdleSessions
{
    private string Table => EventTable.Sessions.In(store.Schema);

    public async Task<SweepPage<IdleSession, IdleSessionCursor>> ReadAsync(
        DateTimeOffset writtenBefore, IdleSessionCursor after, int most, CancellationToken cancellation = default)
    {
        await using var connection = new DataConnection(store.DataOptions);
        var rows = await connection.QueryToListAsync<Row>(
            $"""
            SELECT e.persistence_id, e.sequence_number, e.created, e.ordering, e.message FROM {Table} e
            WHERE e.created < @before AND (e.created > @written OR (e.created = @written AND e.ordering > @row))
                AND e.persistence_id >= 's-' AND e.persistence_id < 's.'
                AND NOT EXISTS (
                    SELECT 1 FROM {Table} n WHERE n.persistence_id = e.persistence_id AND n.sequence_number > e.sequence_number)
            ORDER BY e.created, e.ordering LIMIT @most
            """,
            cancellation,
            new DataParameter("before", writtenBefore.UtcTicks),
            new DataParameter("written", after.Written),
            new DataParameter("row", after.Row),
            new DataParameter("most", most));
        var sessions = new List<IdleSession>(rows.Count);
        foreach (var row in rows)
        {
            if (EntityIds.TryParseLog(row.PersistenceId, out SessionId session))
            {
                sessions.Add(new IdleSession(session, row.SequenceNumber, HasEnded(row.Message)));
            }
        }

        return new(sessions, rows.Count < most ? null : new IdleSessionCursor(rows[^1].Created, rows[^1].Ordering));
    }

    public async Task ForgetAsync(IReadOnlyList<IdleSession> ended, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(ended);
        await using var connection = new DataConnection(store.DataOptions);
        foreach (var session in ended)
        {
            await connection.ExecuteAsync(
                $"""
                DELETE FROM {Table} WHERE persistence_id = @id AND NOT EXISTS (
                    SELECT 1 FROM {Table} n WHERE n.persistence_id = @id AND n.sequence_number > @newest)
                """,
                cancellation,
                new DataParameter("id", EntityIds.LogOf(session.Session)),
                new DataParameter("newest", session.SequenceNr));
        }
    }

    private static bool HasEnded(byte[]? message) =>
        message is not null && EventCodec.Read(message).Body is JournalEvent.Ended or JournalEvent.Opened { Kept: JournalEvent.Ended };

    private sealed class Row
    {
        [Column("persistence_id")]
        public string PersistenceId { get; set; } = "";

        [Column("sequence_number")]
        public long SequenceNumber { get; set; }

        [Column("created")]
        public long Created { get; set; }

        [Column("ordering")]
        public long Ordering { get; set; }

        [Column("message")]
        public byte[]? Message { get; set; }
    }
}
