using Npgsql;

namespace Realtime.Node.Persistence.Store.Postgres;

/// <summary>One statement for all logs that wait.</summary>
internal sealed class PostgresSnapshotQueries(NpgsqlDataSource source, string table) : SnapshotQueries
{
    public override async Task<IReadOnlyList<StoredSnapshot?>> NewestAsync(IReadOnlyList<string> persistenceIds, CancellationToken cancellation)
    {
        await using var command = source.CreateCommand(
            $"""
            SELECT w.place, s.* FROM unnest($1) WITH ORDINALITY w (id, place) CROSS JOIN LATERAL (
                SELECT t.sequence_number, t.created, t.snapshot, t.serializer_id, coalesce(t.manifest, '') FROM {table} t
                WHERE t.persistence_id = w.id COLLATE "C" ORDER BY t.sequence_number DESC LIMIT 1) s
            """);
        command.Parameters.Add(new NpgsqlParameter<string[]> { TypedValue = [.. persistenceIds] });
        var answers = new StoredSnapshot?[persistenceIds.Count];
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        while (await reader.ReadAsync(cancellation))
        {
            answers[reader.GetInt64(0) - 1] = new StoredSnapshot(
                reader.GetInt64(1),
                reader.GetInt64(2),
                reader.IsDBNull(3) ? null : reader.GetFieldValue<byte[]>(3),
                reader.IsDBNull(4) ? null : reader.GetInt32(4),
                reader.GetString(5));
        }

        return answers;
    }
}
