using System.Security.Cryptography;
using Npgsql;
using Realtime.Messages.Ids;

namespace Realtime.Node.Persistence.Store.Postgres;

/// <summary>The store's identity, made by the node that opens it first, and the count of its openings.</summary>
internal static class PostgresIdentity
{
    /// <summary>Counts this opening.</summary>
    /// <exception cref="InvalidDataException">The store has lost its identity.</exception>
    public static async Task<OpenedStore> BeginAsync(NpgsqlConnection connection, CancellationToken cancellation)
    {
        await using var transaction = await connection.BeginTransactionAsync(cancellation);
        await using (var create = new NpgsqlCommand(
            """
            INSERT INTO rt.store (store_id, epoch, lives, system, timeline) SELECT $1, 1, 0, system, timeline FROM rt.store_system()
            WHERE NOT EXISTS (SELECT 1 FROM rt.store UNION ALL SELECT 1 FROM rt.channel_event UNION ALL SELECT 1 FROM rt.session_event)
            ON CONFLICT (one) DO NOTHING
            """,
            connection))
        {
            create.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = new Guid(RandomNumberGenerator.GetBytes(16), bigEndian: true) });
            await create.ExecuteNonQueryAsync(cancellation);
        }

        var opened = await CountUpAsync(connection, cancellation);
        await transaction.CommitAsync(cancellation);
        return opened;
    }

    private static async Task<OpenedStore> CountUpAsync(NpgsqlConnection connection, CancellationToken cancellation)
    {
        // Begins an epoch first when the database is on another timeline than the one that was seen last.
        await using var count = new NpgsqlCommand(
            "SELECT rt.store_check(); UPDATE rt.store SET lives = lives + 1 RETURNING store_id, epoch, lives", connection);
        await using var reader = await count.ExecuteReaderAsync(cancellation);
        await reader.NextResultAsync(cancellation);
        return await reader.ReadAsync(cancellation)
            ? new OpenedStore(reader.GetGuid(0), reader.GetInt64(1), new Incarnation(reader.GetInt64(2)))
            : throw new InvalidDataException("the store has lost its identity");
    }
}
