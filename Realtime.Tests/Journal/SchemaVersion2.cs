namespace Realtime.Tests.Journal;

/// <summary>What version 2 of the schema added to version 1, with one attached and one expired session. Never edited: files like it are on people's disks.</summary>
internal static class SchemaVersion2
{
    public const string Sql =
        """
        CREATE TABLE session (
            id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16), revision INTEGER NOT NULL, expires_at INTEGER,
            record BLOB NOT NULL) STRICT, WITHOUT ROWID;
        CREATE INDEX session_expires ON session (expires_at);
        INSERT INTO session VALUES (x'00000000000000000000000000000001', 4, NULL, x''), (x'00000000000000000000000000000002', 1, 5, x'');
        PRAGMA user_version = 2;
        """;
}
