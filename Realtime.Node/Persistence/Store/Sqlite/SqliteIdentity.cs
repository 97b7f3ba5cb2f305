using System.Security.Cryptography;
using Microsoft.Data.Sqlite;

namespace Realtime.Node.Persistence.Store.Sqlite;

/// <summary>The store's identity and the keys of its tokens, made with the store.</summary>
internal static class SqliteIdentity
{
    private const int KeyBytes = 32;

    /// <exception cref="InvalidDataException">The store has lost them.</exception>
    public static StoreIdentity LoadOrCreate(SqliteConnection connection)
    {
        // Identity and key in one transaction: a store with one and without the other could not be told from a damaged one.
        using var transaction = connection.BeginTransaction();

        // Only in an empty store: a new identity for old logs would hide that something is wrong.
        if (SqliteFormat.Read(connection, "SELECT (SELECT count(*) FROM store) + (SELECT count(*) FROM token_key) + EXISTS (SELECT 1 FROM channel_event)") == 0)
        {
            using var create = new SqliteCommand(
                "INSERT INTO store (one, store_id, epoch) VALUES (1, $id, 1); INSERT INTO token_key (id, key) VALUES (1, $key)", connection, transaction);
            create.Parameters.AddWithValue("$id", RandomNumberGenerator.GetBytes(16));
            create.Parameters.AddWithValue("$key", RandomNumberGenerator.GetBytes(KeyBytes));
            create.ExecuteNonQuery();
        }

        var identity = Load(connection);
        transaction.Commit();
        return identity;
    }

    private static StoreIdentity Load(SqliteConnection connection)
    {
        var keys = new Dictionary<byte, byte[]>();
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT id, key FROM token_key; SELECT store_id, epoch FROM store";
        using var reader = command.ExecuteReader();
        while (reader.Read())
        {
            keys.Add(reader.GetByte(0), reader.GetFieldValue<byte[]>(1));
        }

        return reader.NextResult() && reader.Read() && keys.Count > 0
            ? new StoreIdentity(new Guid(reader.GetFieldValue<byte[]>(0), bigEndian: true), reader.GetInt64(1), keys)
            : throw new InvalidDataException("the store has lost its identity or its token keys");
    }
}
