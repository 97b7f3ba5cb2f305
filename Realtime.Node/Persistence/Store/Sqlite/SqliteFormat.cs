using Microsoft.Data.Sqlite;

namespace Realtime.Node.Persistence.Store.Sqlite;

/// <summary>The tables in a SQLite file and the number that says which ones they are.</summary>
internal static class SqliteFormat
{
    /// <summary>"RTLM": says whose file it is.</summary>
    public const int ApplicationId = 0x52544c4d;

    /// <summary>Versions up to 3 are those of the engine before Akka.NET; programs of that time refuse this one as newer.</summary>
    public const int Version = 10;

    private const string Tables =
        $"""
        CREATE TABLE store (
            one INTEGER PRIMARY KEY CHECK (one = 1), store_id BLOB NOT NULL CHECK (length(store_id) = 16), epoch INTEGER NOT NULL,
            lives INTEGER NOT NULL) STRICT;
        CREATE TABLE channel_event (
            ordering INTEGER PRIMARY KEY, created INTEGER NOT NULL, deleted INTEGER NOT NULL, persistence_id TEXT NOT NULL,
            sequence_number INTEGER NOT NULL, message BLOB, manifest TEXT, identifier INTEGER, tags TEXT) STRICT;
        CREATE UNIQUE INDEX channel_event_number ON channel_event (persistence_id, sequence_number);
        CREATE TABLE session_event (
            ordering INTEGER PRIMARY KEY, created INTEGER NOT NULL, deleted INTEGER NOT NULL, persistence_id TEXT NOT NULL,
            sequence_number INTEGER NOT NULL, message BLOB, manifest TEXT, identifier INTEGER, tags TEXT) STRICT;
        CREATE UNIQUE INDEX session_event_number ON session_event (persistence_id, sequence_number);
        CREATE INDEX session_event_created ON session_event (created);
        CREATE TABLE channel_snapshot (
            persistence_id TEXT NOT NULL, sequence_number INTEGER NOT NULL, created INTEGER NOT NULL, snapshot BLOB, manifest TEXT,
            serializer_id INTEGER, PRIMARY KEY (persistence_id, sequence_number)) STRICT, WITHOUT ROWID;
        """;

    /// <summary>Makes the tables in an empty file, in one transaction.</summary>
    /// <exception cref="StoreFaultException">The file is another program's, of another format, or of a newer version.</exception>
    public static void Demand(SqliteConnection connection, string description)
    {
        var version = Read(connection, "PRAGMA user_version");
        var application = Read(connection, "PRAGMA application_id");
        if (application == 0 && version == 0 && Read(connection, "SELECT count(*) FROM sqlite_schema") == 0)
        {
            using var transaction = connection.BeginTransaction();
            Run(connection, $"{Tables}\nPRAGMA application_id = {ApplicationId}; PRAGMA user_version = {Version}");
            transaction.Commit();
            return;
        }

        if (application != ApplicationId)
        {
            throw new StoreFaultException(
                StoreFault.CannotOpen, $"{description} is a SQLite database of another program. Give this node a file of its own.");
        }

        if (version > Version)
        {
            throw new StoreFaultException(
                StoreFault.OtherFormat,
                $"{description} was written by a newer version of this program (its format is {version}, this program knows up to {Version}). "
                + "Start the newer program, or restore a backup from before the upgrade.");
        }

        if (version < Version)
        {
            throw new StoreFaultException(
                StoreFault.OtherFormat,
                $"{description} has the format of an older version of this program ({version}; this program needs {Version}), which cannot be "
                + "taken over. Start the older program, or give this node a new file.");
        }
    }

    public static long Read(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        return command.ExecuteScalar() is long number ? number : throw new InvalidDataException($"no number answers {sql}");
    }

    public static void Run(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }
}
