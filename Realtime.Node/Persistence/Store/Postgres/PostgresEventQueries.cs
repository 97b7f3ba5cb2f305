using Npgsql;

namespace Realtime.Node.Persistence.Store.Postgres;

/// <summary>One statement for all logs that wait: each is looked up by the primary key.</summary>
internal sealed class PostgresEventQueries(NpgsqlDataSource source, string table) : EventQueries
{
    public override async Task<IReadOnlyList<long>> HighestAsync(IReadOnlyList<string> persistenceIds, CancellationToken cancellation)
    {
        await using var command = source.CreateCommand(
            $"""
            SELECT coalesce((SELECT e.sequence_number FROM {table} e WHERE e.persistence_id = w.id COLLATE "C" ORDER BY e.sequence_number DESC LIMIT 1), 0)
            FROM unnest($1) WITH ORDINALITY w (id, place) ORDER BY w.place
            """);
        command.Parameters.Add(new NpgsqlParameter<string[]> { TypedValue = [.. persistenceIds] });
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        var answers = new List<long>(persistenceIds.Count);
        while (await reader.ReadAsync(cancellation))
        {
            answers.Add(reader.GetInt64(0));
        }

        return answers;
    }

    public override async Task<IReadOnlyList<EventPage>> PagesAsync(IReadOnlyList<EventRange> ranges, CancellationToken cancellation)
    {
        await using var command = source.CreateCommand(
            $"""
            SELECT w.place, p.* FROM unnest($1, $2, $3) WITH ORDINALITY w (id, first, last, place) CROSS JOIN LATERAL (
                SELECT e.sequence_number, e.message, e.identifier, coalesce(e.manifest, ''), e.created FROM {table} e
                WHERE e.persistence_id = w.id COLLATE "C" AND e.sequence_number BETWEEN w.first AND w.last AND NOT e.deleted
                ORDER BY e.sequence_number LIMIT {PageRows}) p
            ORDER BY w.place, p.sequence_number
            """);
        command.Parameters.Add(new NpgsqlParameter<string[]> { TypedValue = [.. ranges.Select(range => range.PersistenceId)] });
        command.Parameters.Add(new NpgsqlParameter<long[]> { TypedValue = [.. ranges.Select(range => range.From)] });
        command.Parameters.Add(new NpgsqlParameter<long[]> { TypedValue = [.. ranges.Select(range => range.To)] });
        var events = new List<StoredEvent>[ranges.Count];
        var whole = ranges.Count;
        var left = PageBytes;
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        while (await reader.ReadAsync(cancellation))
        {
            var place = (int)reader.GetInt64(0) - 1;
            var message = reader.IsDBNull(2) ? null : reader.GetFieldValue<byte[]>(2);
            (events[place] ??= []).Add(
                new StoredEvent(reader.GetInt64(1), message, reader.IsDBNull(3) ? null : reader.GetInt32(3), reader.GetString(4), reader.GetInt64(5)));
            left -= message?.Length ?? 0;
            if (left <= 0)
            {
                // The rest is asked for again, each log from where it stands.
                whole = place;
                break;
            }
        }

        return [.. events.Select((found, place) => new EventPage(found ?? [], IsLast: place < whole && (found?.Count ?? 0) < PageRows))];
    }

    public override async Task<int> DeleteAsync(string persistenceId, long to, int most, CancellationToken cancellation)
    {
        await using var command = source.CreateCommand(
            $"""
            DELETE FROM {table} WHERE persistence_id = $1 AND sequence_number IN (
                SELECT sequence_number FROM {table} WHERE persistence_id = $1 AND sequence_number <= $2
                    AND sequence_number < (SELECT max(sequence_number) FROM {table} WHERE persistence_id = $1)
                ORDER BY sequence_number LIMIT $3)
            """);
        Add(command, persistenceId, to);
        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = most });
        return await command.ExecuteNonQueryAsync(cancellation);
    }

    public override async Task BuryAsync(string persistenceId, long to, CancellationToken cancellation)
    {
        await using var command = source.CreateCommand(
            $"UPDATE {table} SET deleted = true, message = '' WHERE persistence_id = $1 AND sequence_number <= $2 AND NOT deleted");
        Add(command, persistenceId, to);
        await command.ExecuteNonQueryAsync(cancellation);
    }

    private static void Add(NpgsqlCommand command, string persistenceId, long to)
    {
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = persistenceId });
        command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = to });
    }
}
