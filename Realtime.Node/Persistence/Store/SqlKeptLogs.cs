using LinqToDB.Data;
using LinqToDB.Mapping;
using Realtime.Messages.Ids;

namespace Realtime.Node.Persistence.Store;

/// <summary>
/// Kept logs of a SQL store. The same statement for SQLite and PostgreSQL: a skip scan that takes two look-ups in the index of row numbers
/// for each log, however long that is.
/// </summary>
public sealed class SqlKeptLogs(EventStore store) : IKeptLogs
{
    private string Table => EventTable.Channels.In(store.Schema);

    public async Task<SweepPage<KeptLog, KeptLogCursor>> ReadAsync(KeptLogCursor after, int most, CancellationToken cancellation = default)
    {
        await using var connection = new DataConnection(store.DataOptions);
        var rows = await connection.QueryToListAsync<Row>(
            $"""
            WITH RECURSIVE log (id, place) AS (
                SELECT min(e.persistence_id), 1 FROM {Table} e WHERE e.persistence_id > @after AND e.persistence_id < 'c.'
                UNION ALL
                SELECT (SELECT min(e.persistence_id) FROM {Table} e WHERE e.persistence_id > log.id AND e.persistence_id < 'c.'), log.place + 1
                FROM log WHERE log.id IS NOT NULL AND log.place < @most)
            SELECT log.id AS persistence_id, (
                SELECT e.created FROM {Table} e WHERE e.persistence_id = log.id AND NOT e.deleted ORDER BY e.sequence_number LIMIT 1) AS oldest
            FROM log WHERE log.id IS NOT NULL ORDER BY log.place
            """,
            cancellation,
            new DataParameter("after", after.PersistenceId ?? "c-"),
            new DataParameter("most", most));
        var logs = new List<KeptLog>(rows.Count);
        foreach (var row in rows)
        {
            if (row.Oldest is { } oldest && EntityIds.TryParseLog(row.PersistenceId, out ChannelName channel))
            {
                logs.Add(new KeptLog(channel, new DateTimeOffset(oldest, TimeSpan.Zero)));
            }
        }

        return new(logs, rows.Count < most ? null : new KeptLogCursor(rows[^1].PersistenceId));
    }

    private sealed class Row
    {
        [Column("persistence_id")]
        public string PersistenceId { get; set; } = "";

        [Column("oldest")]
        public long? Oldest { get; set; }
    }
}
