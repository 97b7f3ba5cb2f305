using Microsoft.Data.Sqlite;

namespace Realtime.Node.Persistence.Store.Sqlite;

/// <summary>The driver is synchronous and there is no way to a server: one prepared statement, run for each log.</summary>
/// <remarks>Reads block for as long as a disk takes and no longer: they wait for no writer.</remarks>
internal sealed class SqliteEventQueries(Func<SqliteConnection> connect, TransactionTurns turns, EventTable table) : EventQueries
{
    public override Task<IReadOnlyList<long>> HighestAsync(IReadOnlyList<string> persistenceIds, CancellationToken cancellation) => Task.Run<IReadOnlyList<long>>(
        () =>
        {
            using var connection = connect();
            using var command = new SqliteCommand(
                $"SELECT coalesce(max(sequence_number), 0) FROM {table.Name} WHERE persistence_id = $id", connection);
            var id = command.Parameters.Add("$id", SqliteType.Text);
            var answers = new long[persistenceIds.Count];
            for (var i = 0; i < answers.Length; i++)
            {
                cancellation.ThrowIfCancellationRequested();
                id.Value = persistenceIds[i];
                answers[i] = (long)command.ExecuteScalar()!;
            }

            return answers;
        },
        cancellation);

    public override Task<IReadOnlyList<EventPage>> PagesAsync(IReadOnlyList<EventRange> ranges, CancellationToken cancellation) =>
        Task.Run<IReadOnlyList<EventPage>>(() => Pages(ranges, cancellation), cancellation);

    public override Task<int> DeleteAsync(string persistenceId, long to, int most, CancellationToken cancellation) => turns.RunAsync(
        () => Write(
            $"""
            DELETE FROM {table.Name} WHERE persistence_id = $id AND sequence_number IN (
                SELECT sequence_number FROM {table.Name} WHERE persistence_id = $id AND sequence_number <= $to
                    AND sequence_number < (SELECT max(sequence_number) FROM {table.Name} WHERE persistence_id = $id)
                ORDER BY sequence_number LIMIT $most)
            """,
            persistenceId,
            to,
            most));

    public override Task BuryAsync(string persistenceId, long to, CancellationToken cancellation) => turns.RunAsync(
        () => Write(
            $"UPDATE {table.Name} SET deleted = 1, message = x'' WHERE persistence_id = $id AND sequence_number <= $to AND deleted = 0",
            persistenceId,
            to,
            most: 0));

    private EventPage[] Pages(IReadOnlyList<EventRange> ranges, CancellationToken cancellation)
    {
        using var connection = connect();
        using var command = new SqliteCommand(
            $"""
            SELECT sequence_number, message, identifier, coalesce(manifest, ''), created FROM {table.Name}
            WHERE persistence_id = $id AND sequence_number BETWEEN $from AND $to AND deleted = 0 ORDER BY sequence_number LIMIT {PageRows}
            """,
            connection);
        var id = command.Parameters.Add("$id", SqliteType.Text);
        var from = command.Parameters.Add("$from", SqliteType.Integer);
        var to = command.Parameters.Add("$to", SqliteType.Integer);
        var pages = new EventPage[ranges.Count];
        var left = PageBytes;
        for (var i = 0; i < pages.Length; i++)
        {
            cancellation.ThrowIfCancellationRequested();
            (id.Value, from.Value, to.Value) = (ranges[i].PersistenceId, ranges[i].From, ranges[i].To);
            pages[i] = left > 0 ? Page(command, ref left) : new EventPage([], IsLast: false);
        }

        return pages;
    }

    private static EventPage Page(SqliteCommand command, ref int left)
    {
        using var reader = command.ExecuteReader();
        var events = new List<StoredEvent>();
        while (reader.Read())
        {
            var message = reader.IsDBNull(1) ? null : reader.GetFieldValue<byte[]>(1);
            events.Add(new StoredEvent(reader.GetInt64(0), message, reader.IsDBNull(2) ? null : reader.GetInt32(2), reader.GetString(3), reader.GetInt64(4)));
            left -= message?.Length ?? 0;
            if (left <= 0)
            {
                return new EventPage(events, IsLast: false);
            }
        }

        return new EventPage(events, IsLast: events.Count < PageRows);
    }

    private int Write(string sql, string persistenceId, long to, int most)
    {
        using var connection = connect();
        using var command = new SqliteCommand(sql, connection);
        command.Parameters.AddWithValue("$id", persistenceId);
        command.Parameters.AddWithValue("$to", to);
        command.Parameters.AddWithValue("$most", most);
        return command.ExecuteNonQuery();
    }
}
