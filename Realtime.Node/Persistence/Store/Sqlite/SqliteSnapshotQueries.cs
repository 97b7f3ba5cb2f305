using Microsoft.Data.Sqlite;

namespace Realtime.Node.Persistence.Store.Sqlite;

/// <summary>One prepared statement, run for each log on a thread where blocking does no harm.</summary>
internal sealed class SqliteSnapshotQueries(Func<SqliteConnection> connect, string table) : SnapshotQueries
{
    public override Task<IReadOnlyList<StoredSnapshot?>> NewestAsync(IReadOnlyList<string> persistenceIds, CancellationToken cancellation) =>
        Task.Run<IReadOnlyList<StoredSnapshot?>>(() => Newest(persistenceIds, cancellation), cancellation);

    private StoredSnapshot?[] Newest(IReadOnlyList<string> persistenceIds, CancellationToken cancellation)
    {
        using var connection = connect();
        using var command = new SqliteCommand(
            $"""
            SELECT sequence_number, created, snapshot, serializer_id, coalesce(manifest, '') FROM {table}
            WHERE persistence_id = $id ORDER BY sequence_number DESC LIMIT 1
            """,
            connection);
        var id = command.Parameters.Add("$id", SqliteType.Text);
        var answers = new StoredSnapshot?[persistenceIds.Count];
        for (var i = 0; i < answers.Length; i++)
        {
            cancellation.ThrowIfCancellationRequested();
            id.Value = persistenceIds[i];
            using var reader = command.ExecuteReader();
            answers[i] = reader.Read()
                ? new StoredSnapshot(
                    reader.GetInt64(0),
                    reader.GetInt64(1),
                    reader.IsDBNull(2) ? null : reader.GetFieldValue<byte[]>(2),
                    reader.IsDBNull(3) ? null : reader.GetInt32(3),
                    reader.GetString(4))
                : null;
        }

        return answers;
    }
}
