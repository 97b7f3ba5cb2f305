using System.Security.Cryptography;
using Npgsql;

namespace Realtime.Node.Persistence.Store.Postgres;

/// <summary>The store's identity and the keys of its tokens, made by the node that opens it first.</summary>
internal static class PostgresIdentity
{
    private const int KeyBytes = 32;

    /// <exception cref="InvalidDataException">The store has lost them.</exception>
    public static async Task<StoreIdentity> LoadOrCreateAsync(NpgsqlConnection connection, CancellationToken cancellation)
    {
        await using (var transaction = await connection.BeginTransactionAsync(cancellation))
        {
            await using var create = new NpgsqlCommand(
                "INSERT INTO rt.store (store_id, epoch, system, timeline) SELECT $1, 1, system, timeline FROM rt.store_system() ON CONFLICT (one) DO NOTHING",
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

    private static async Task<StoreIdentity> LoadAsync(NpgsqlConnection connection, CancellationToken cancellation)
    {
        // Begins an epoch first when the database is on another timeline than the one that was seen last.
        await using var load = new NpgsqlCommand("SELECT rt.store_check(); SELECT store_id, epoch FROM rt.store; SELECT id, key FROM rt.token_key", connection);
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
            keys.Add((byte)reader.GetInt16(0), reader.GetFieldValue<byte[]>(1));
        }

        return keys.Count > 0 ? new StoreIdentity(id, epoch, keys) : throw new InvalidDataException("the store has lost its token keys");
    }
}
