namespace Realtime.Cluster.Journal.Sqlite;

/// <summary>Opens connections with the settings that durability and concurrency rest on.</summary>
internal static class SqliteConnections
{
    public static SqliteDatabase Writer(SqliteStoreOptions options)
    {
        var database = SqliteDatabase.Open(options.Path);
        try
        {
            Common(database, options);
            var mode = database.ReadText("PRAGMA journal_mode = WAL");
            if (mode != "wal")
            {
                throw new IOException($"its file system does not support write-ahead logging (journal mode is '{mode}')");
            }

            // FULL: each commit waits for the disk. fullfsync: on macOS only that reaches the platters. A checkpoint every 16 MiB instead of
            // every 4: under load each page is written over many times, and copying it home that often costs more than it saves.
            database.Execute(
                "PRAGMA synchronous = FULL; PRAGMA fullfsync = ON; PRAGMA checkpoint_fullfsync = ON; PRAGMA wal_autocheckpoint = 4000; "
                + "PRAGMA journal_size_limit = 67108864; PRAGMA cache_size = -16384");
            if (options.MaxBytes is { } limit)
            {
                database.Execute($"PRAGMA max_page_count = {limit / database.ReadInt64("PRAGMA page_size")}");
            }

            return database;
        }
        catch (Exception)
        {
            database.Dispose();
            throw;
        }
    }

    public static SqliteDatabase Reader(SqliteStoreOptions options)
    {
        var database = SqliteDatabase.Open(options.Path);
        try
        {
            Common(database, options);
            database.Execute("PRAGMA query_only = ON; PRAGMA cache_size = -2048");
            return database;
        }
        catch (Exception)
        {
            database.Dispose();
            throw;
        }
    }

    /// <param name="durable">False for heartbeats: losing the last of them is harmless, and waiting for the disk is not.</param>
    public static SqliteDatabase Cluster(SqliteStoreOptions options, bool durable)
    {
        var database = SqliteDatabase.Open(options.Path);
        try
        {
            Common(database, options);

            // The writer copies the write-ahead log home, as long as it writes: this connection's callers should not have to wait for that.
            database.Execute($"PRAGMA synchronous = {(durable ? "FULL" : "NORMAL")}; PRAGMA fullfsync = ON; PRAGMA checkpoint_fullfsync = ON; "
                + "PRAGMA wal_autocheckpoint = 8000; PRAGMA journal_size_limit = 67108864; PRAGMA cache_size = -2048");
            return database;
        }
        catch (Exception)
        {
            database.Dispose();
            throw;
        }
    }

    private static void Common(SqliteDatabase database, SqliteStoreOptions options) =>
        database.Execute($"PRAGMA busy_timeout = {(int)options.BusyTimeout.TotalMilliseconds}; PRAGMA foreign_keys = ON");
}
