namespace Realtime.Cluster.Journal.Sqlite;

/// <summary>
/// A look at the file before anything is built on it. SQLite takes an empty or very short file for a new database and throws a
/// write-ahead log without its database away: both would turn damage into silent loss of everything.
/// </summary>
internal static class IntegrityLook
{
    private static ReadOnlySpan<byte> Magic => "SQLite format 3\0"u8;

    /// <summary>Looks from outside. Before SQLite opens the file: closing a handle of our own later would drop SQLite's locks on it.</summary>
    public static void AtFile(string path)
    {
        var wal = new FileInfo(path + "-wal");
        var hasWal = wal.Exists && wal.Length > 0;
        if (!File.Exists(path))
        {
            if (hasWal)
            {
                throw Corrupt(path, "the file is missing, but its write-ahead log is there");
            }

            return;
        }

        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        if (file.Length == 0)
        {
            if (hasWal)
            {
                throw Corrupt(path, "the file is empty, but its write-ahead log is not");
            }

            return;
        }

        Span<byte> start = stackalloc byte[Magic.Length];
        if (file.ReadAtLeast(start, start.Length, throwOnEndOfStream: false) < start.Length || !start.SequenceEqual(Magic))
        {
            throw Corrupt(path, "it does not start like a SQLite database");
        }
    }

    /// <summary>Looks from inside: every page of a small file, the edges of the big tables otherwise.</summary>
    public static void AtPages(SqliteDatabase database, string path, long fullCheckBytes)
    {
        var bytes = database.ReadInt64("PRAGMA page_count") * database.ReadInt64("PRAGMA page_size");
        if (bytes <= fullCheckBytes)
        {
            var answer = database.ReadText("PRAGMA quick_check(1)");
            if (answer != "ok")
            {
                throw Corrupt(path, answer.ReplaceLineEndings(" "));
            }
        }

        // Also proves that the tables are there with the columns this program uses.
        database.ReadInt64("SELECT count(head) + count(tail) + count(total) + count(epoch) FROM (SELECT * FROM log ORDER BY id DESC LIMIT 1)");
        database.ReadInt64("SELECT count(before) + count(record) FROM (SELECT * FROM journal ORDER BY log DESC, off DESC LIMIT 1)");
        database.ReadInt64("SELECT count(count) + count(seq) FROM (SELECT * FROM producer ORDER BY log DESC, producer DESC, slot DESC LIMIT 1)");
        database.ReadInt64("SELECT count(epoch) + count(owner) + count(changed) FROM (SELECT * FROM shard ORDER BY id DESC LIMIT 1)");
        database.ReadInt64("SELECT count(boot) + count(heartbeat) FROM (SELECT * FROM node ORDER BY inc DESC LIMIT 1)");
        database.ReadInt64("SELECT count(revision) + count(record) + count(shard) FROM (SELECT * FROM session ORDER BY id DESC LIMIT 1)");
    }

    public static StoreFaultException Corrupt(string path, string what, Exception? inner = null) => new(
        StoreFault.Corrupt,
        $"The store {path} is damaged: {what}. Nothing was changed. Keep a copy of it with its -wal file, then restore a backup or "
        + "move it away to start with an empty store (sessions and history are lost then).",
        inner);
}
