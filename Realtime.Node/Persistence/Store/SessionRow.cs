using LinqToDB.Data;
using LinqToDB.Mapping;
using Realtime.Messages.Ids;
using Realtime.Node.Persistence.Events;
using Realtime.Node.Persistence.Serialization;

namespace Realtime.Node.Persistence.Store;

/// <summary>A row of a session's log. Only the newest one of a log counts.</summary>
internal sealed class SessionRow
{
    [Column("persistence_id")]
    public string PersistenceId { get; set; } = "";

    [Column("sequence_number")]
    public long SequenceNumber { get; set; }

    [Column("created")]
    public long Created { get; set; }

    [Column("ordering")]
    public long Ordering { get; set; }

    /// <summary>Null: a newer row of the log follows.</summary>
    [Column("message")]
    public byte[]? Message { get; set; }

    public static string TableIn(EventStore store) => EventTable.Sessions.In(store.Schema);

    /// <summary>
    /// A page of rows in the order of writing. The same statement for SQLite and PostgreSQL, and made so that PostgreSQL has no choice before
    /// it has statistics of the table: a few rows along the index of times, then a look for a newer one at each.
    /// </summary>
    /// <param name="from">In ticks, as all times of rows.</param>
    /// <param name="most">Rows looked at.</param>
    public static async Task<List<SessionRow>> ReadAsync(
        EventStore store, long from, SessionLogCursor after, int most, CancellationToken cancellation)
    {
        var table = TableIn(store);
        await using var connection = new DataConnection(store.DataOptions);
        return await connection.QueryToListAsync<SessionRow>(
            $"""
            SELECT e.persistence_id, e.sequence_number, e.created, e.ordering, CASE WHEN NOT EXISTS (
                SELECT 1 FROM {table} n WHERE n.persistence_id = e.persistence_id AND n.sequence_number > e.sequence_number)
                THEN e.message END AS message
            FROM (
                SELECT persistence_id, sequence_number, created, ordering, message FROM {table}
                WHERE created >= @from AND (created > @written OR ordering > @row) ORDER BY created, ordering LIMIT @most) e
            ORDER BY e.created, e.ordering
            """,
            cancellation,
            new DataParameter("from", Math.Max(from, after.Written)),
            new DataParameter("written", after.Written),
            new DataParameter("row", after.Row),
            new DataParameter("most", most));
    }

    public static SessionLogCursor? NextAfter(List<SessionRow> page, int most) =>
        page.Count < most ? null : new SessionLogCursor(page[^1].Created, page[^1].Ordering);

    /// <summary>What the log says at its end; false for a row that is not the newest, or of no session.</summary>
    public bool TryRead(out SessionId session, out JournalEvent? says)
    {
        session = default;
        says = null;
        if (Message is null || !EntityIds.TryParseLog(PersistenceId, out session))
        {
            return false;
        }

        says = EventCodec.Read(Message).Body switch
        {
            JournalEvent.Opened opened => opened.Kept,
            var body => body,
        };
        return true;
    }
}
