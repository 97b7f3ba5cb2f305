using System.Security.Cryptography;

namespace Realtime.Cluster.Journal.Sqlite;

/// <summary>The cluster row and the token keys, made once with the store.</summary>
internal static class SqliteIdentity
{
    private const int KeyBytes = 32;

    public static StoreIdentity LoadOrCreate(SqliteDatabase database)
    {
        // Row and key in one transaction: a store with a name but without a key could never be told from a damaged one.
        database.Execute("BEGIN IMMEDIATE");
        try
        {
            // Only in an empty store: a new identity for old logs would invalidate every token and hide that something is wrong.
            if (database.ReadInt64("SELECT (SELECT count(*) FROM cluster) + (SELECT count(*) FROM token_key) + (SELECT count(*) FROM log)") == 0)
            {
                Create(database);
            }

            var identity = Load(database);
            database.Execute("COMMIT");
            return identity;
        }
        catch (Exception)
        {
            if (database.InTransaction)
            {
                database.Execute("ROLLBACK");
            }

            throw;
        }
    }

    private static void Create(SqliteDatabase database)
    {
        using var cluster = new SqliteStatement(database, "INSERT INTO cluster (one, store_id, store_epoch) VALUES (1, ?1, 1)");
        cluster.Bind(1, RandomNumberGenerator.GetBytes(16));
        cluster.Run();
        using var key = new SqliteStatement(database, "INSERT INTO token_key (id, key) VALUES (1, ?1)");
        key.Bind(1, RandomNumberGenerator.GetBytes(KeyBytes));
        key.Run();
    }

    /// <exception cref="InvalidDataException">There is none.</exception>
    public static StoreIdentity Load(SqliteDatabase database)
    {
        var keys = new Dictionary<byte, byte[]>();
        using (var statement = new SqliteStatement(database, "SELECT id, key FROM token_key"))
        {
            while (statement.Step())
            {
                keys.Add((byte)statement.Int64(0), statement.Blob(1).ToArray());
            }
        }

        using var cluster = new SqliteStatement(database, "SELECT store_id, store_epoch FROM cluster");
        if (!cluster.Step() || keys.Count == 0)
        {
            throw new InvalidDataException("the store has lost its identity or its token keys");
        }

        var identity = new StoreIdentity(new Guid(cluster.Blob(0), bigEndian: true), cluster.Int64(1), keys);
        cluster.Reset();
        return identity;
    }
}
