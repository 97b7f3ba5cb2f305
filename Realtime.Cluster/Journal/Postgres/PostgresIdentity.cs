using System.Security.Cryptography;
using Npgsql;

namespace Realtime.Cluster.Journal.Postgres;

/// <summary>The store's identity and the keys of its tokens: made by whoever opens first.</summary>
internal static class PostgresIdentity
{
    private const int KeyBytes = 32;

    public static async Task<StoreIdentity> LoadOrCreateAsync(NpgsqlConnection connection, CancellationToken cancellation)
    {
        await using (var transaction = await connection.BeginTransactionAsync(cancellation))
        {
            await using var create = new NpgsqlCommand(
                """
                INSERT INTO rt.cluster (store_id, store_tli)
                    VALUES ($1, ('x' || substr(pg_walfile_name(pg_current_wal_insert_lsn()), 1, 8))::bit(32)::int) ON CONFLICT (id) DO NOTHING
                """,
                connection);
            create.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = new Guid(RandomNumberGenerator.GetBytes(16), bigEndian: true) });

            // The second of two that start together waits here for the first, finds the row, and makes no key.
            if (await create.ExecuteNonQueryAsync(cancellation) == 1)
            {
                await using var key = new NpgsqlCommand("INSERT INTO rt.token_key (id, key) VALUES (1, $1)", connection);
                key.Parameters.Add(new NpgsqlParameter<byte[]> { TypedValue = RandomNumberGenerator.GetBytes(KeyBytes) });
                await key.ExecuteNonQueryAsync(cancellation);
            }

            await transaction.CommitAsync(cancellation);
        }

        return await LoadAsync(connection, cancellation);
    }

    /// <exception cref="InvalidDataException">There is none.</exception>
    public static async Task<StoreIdentity> LoadAsync(NpgsqlConnection connection, CancellationToken cancellation)
    {
        // Counts up the epoch first when the database is on another timeline than the one that was seen last.
        await using var load = new NpgsqlCommand(
            "SELECT rt.store_check(); SELECT store_id, store_epoch FROM rt.cluster; SELECT id, key FROM rt.token_key", connection);
        await using var reader = await load.ExecuteReaderAsync(cancellation);
        await reader.NextResultAsync(cancellation);
        if (!await reader.ReadAsync(cancellation))
        {
            throw new InvalidDataException("the store has lost its identity");
        }

        var (id, epoch) = (reader.GetGuid(0), reader.GetInt64(1));
        await reader.NextResultAsync(cancellation);
        var keys = new Dictionary<byte, byte[]>();
        while (await reader.ReadAsync(cancellation))
        {
            keys.Add((byte)reader.GetInt16(0), await reader.GetFieldValueAsync<byte[]>(1, cancellation));
        }

        return keys.Count > 0 ? new StoreIdentity(id, epoch, keys) : throw new InvalidDataException("the store has lost its token keys");
    }
}
