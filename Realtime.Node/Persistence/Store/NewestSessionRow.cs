using LinqToDB.Data;
using LinqToDB.Mapping;
using Realtime.Messages.Ids;
using Realtime.Node.Persistence.Events;
using Realtime.Node.Persistence.Serialization;

namespace Realtime.Node.Persistence.Store;

/// <summary>
/// The newest row of a session's log, which is all that counts of it. The same statement for SQLite and PostgreSQL: all it needs is an index
/// on the time of writing.
/// </summary>
internal sealed class NewestSessionRow
{
    private const string LogPrefix = "s-";

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

    /// <summary>What the log says at its end; null when the row is empty.</summary>
    public JournalEvent? Says => Message is null ? null : EventCodec.Read(Message).Body switch
    {
        JournalEvent.Opened opened => opened.Kept,
        var body => body,
    };

    public static string TableIn(EventStore store) => store.Schema is { } schema ? $"{schema}.{EventTable.Sessions.Name}" : EventTable.Sessions.Name;

    /// <summary>A page of rows in the order of writing.</summary>
    /// <param name="from">In ticks, as all times of rows.</param>
    public static async Task<List<NewestSessionRow>> ReadAsync(
        EventStore store, long from, long before, SessionLogCursor after, int most, CancellationToken cancellation)
    {
        var table = TableIn(store);
        await using var connection = new DataConnection(store.DataOptions);
        return await connection.QueryToListAsync<NewestSessionRow>(
            $"""
            SELECT e.persistence_id, e.sequence_number, e.created, e.ordering, e.message FROM {table} e
            WHERE e.created >= @from AND e.created < @before AND (e.created > @written OR e.ordering > @row)
                AND e.persistence_id >= 's-' AND e.persistence_id < 's.'
                AND NOT EXISTS (
                    SELECT 1 FROM {table} n WHERE n.persistence_id = e.persistence_id AND n.sequence_number > e.sequence_number)
            ORDER BY e.created, e.ordering LIMIT @most
            """,
            cancellation,
            new DataParameter("from", Math.Max(from, after.Written)),
            new DataParameter("before", before),
            new DataParameter("written", after.Written),
            new DataParameter("row", after.Row),
            new DataParameter("most", most));
    }

    public static SessionLogCursor? NextAfter(List<NewestSessionRow> page, int most) =>
        page.Count < most ? null : new SessionLogCursor(page[^1].Created, page[^1].Ordering);

    public bool TryGetSession(out SessionId session) => SessionId.TryParse(PersistenceId.AsSpan(LogPrefix.Length), out session);
}
