using Microsoft.Data.Sqlite;

namespace Realtime.Node.Persistence.Store.Sqlite;

/// <summary>
/// A look at the file before anything is built on it. SQLite takes an empty or very short file for a new database and throws a
/// write-ahead log without its database away: both would turn damage into silent loss of everything.
/// </summary>
internal static class SqliteFileCheck
{
    private static ReadOnlySpan<byte> Magic => "SQLite format 3\0"u8;

    /// <summary>Looks from outside, before SQLite opens the file: closing a handle of our own later would drop SQLite's locks on it.</summary>
    /// <exception cref="StoreFaultException">It is damaged.</exception>
    public static void AtFile(string path)
    {
        var hasWal = new FileInfo(path + "-wal") is { Exists: true, Length: > 0 };
        if (!File.Exists(path))
        {
            Demand(!hasWal, path, "the file is missing, but its write-ahead log is there");
            return;
        }

        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        if (file.Length == 0)
        {
            Demand(!hasWal, path, "the file is empty, but its write-ahead log is not");
            return;
        }

        Span<byte> start = stackalloc byte[Magic.Length];
        var read = file.ReadAtLeast(start, start.Length, throwOnEndOfStream: false);
        Demand(start[..read].SequenceEqual(Magic), path, "it does not start like a SQLite database");
    }

    /// <summary>Looks from inside: every page of a small file, and the tables with the columns that this program uses.</summary>
    /// <exception cref="StoreFaultException">It is damaged.</exception>
    public static void AtPages(SqliteConnection connection, string path, long fullCheckBytes)
    {
        if (SqliteFormat.Read(connection, "PRAGMA page_count") * SqliteFormat.Read(connection, "PRAGMA page_size") <= fullCheckBytes)
        {
            using var check = new SqliteCommand("PRAGMA quick_check(1)", connection);
            var answer = $"{check.ExecuteScalar()}";
            Demand(answer == "ok", path, answer.ReplaceLineEndings(" "));
        }

        foreach (var table in (EventTable[])[EventTable.Channels, EventTable.Sessions])
        {
            SqliteFormat.Read(
                connection,
                $"SELECT count(created) + count(deleted) + count(message) + count(manifest) + count(identifier) + count(tags) "
                + $"FROM (SELECT * FROM {table.Name} ORDER BY persistence_id DESC, sequence_number DESC LIMIT 1)");
        }
    }

    public static StoreFaultException Corrupt(string path, string what, Exception? inner = null) => new(
        StoreFault.Corrupt,
        $"The store {path} is damaged: {what}. Nothing was changed. Keep a copy of it with its -wal file, then restore a backup or "
        + "move it away to start with an empty store (sessions and history are lost then).",
        inner);

    private static void Demand(bool holds, string path, string what)
    {
        if (!holds)
        {
            throw Corrupt(path, what);
        }
    }
}
