using System.Security.Cryptography;
using Microsoft.Data.Sqlite;
using Realtime.Messages.Ids;

namespace Realtime.Node.Persistence.Store.Sqlite;

/// <summary>The store's identity, made with the store, and the count of its openings.</summary>
internal static class SqliteIdentity
{
    /// <summary>Counts this opening.</summary>
    /// <exception cref="InvalidDataException">The store has lost its identity.</exception>
    public static OpenedStore Begin(SqliteConnection connection)
    {
        using var transaction = connection.BeginTransaction();

        // Only in an empty store: a new identity for old logs would hide that something is wrong.
        using var create = new SqliteCommand(
            """
            INSERT INTO store (one, store_id, epoch, lives) SELECT 1, $id, 1, 0
            WHERE NOT EXISTS (SELECT 1 FROM store UNION ALL SELECT 1 FROM channel_event UNION ALL SELECT 1 FROM session_event)
            """,
            connection,
            transaction);
        create.Parameters.AddWithValue("$id", RandomNumberGenerator.GetBytes(16));
        create.ExecuteNonQuery();
        var opened = CountUp(connection, transaction);
        transaction.Commit();
        return opened;
    }

    private static OpenedStore CountUp(SqliteConnection connection, SqliteTransaction transaction)
    {
        using var count = new SqliteCommand("UPDATE store SET lives = lives + 1 RETURNING store_id, epoch, lives", connection, transaction);
        using var reader = count.ExecuteReader();
        return reader.Read()
            ? new OpenedStore(
                new Guid(reader.GetFieldValue<byte[]>(0), bigEndian: true), reader.GetInt64(1), new Incarnation(reader.GetInt64(2)))
            : throw new InvalidDataException("the store has lost its identity");
    }
}
