namespace Realtime.Tests.Journal;

/// <summary>A store as version 1 of the schema left it. Never edited: files like it are on people's disks.</summary>
internal static class SchemaVersion1
{
    public const string Sql =
        """
        PRAGMA journal_mode = WAL;
        CREATE TABLE cluster (
            one INTEGER PRIMARY KEY CHECK (one = 1), store_id BLOB NOT NULL CHECK (length(store_id) = 16),
            store_epoch INTEGER NOT NULL, fence INTEGER NOT NULL DEFAULT 0, probe BLOB) STRICT;
        CREATE TABLE token_key (
            id INTEGER PRIMARY KEY CHECK (id BETWEEN 0 AND 255), key BLOB NOT NULL CHECK (length(key) = 32)) STRICT;
        CREATE TABLE log (
            id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, epoch INTEGER NOT NULL,
            head INTEGER NOT NULL, tail INTEGER NOT NULL, total INTEGER NOT NULL) STRICT;
        CREATE TABLE journal (
            log INTEGER NOT NULL, off INTEGER NOT NULL, at INTEGER NOT NULL, before INTEGER NOT NULL, record BLOB NOT NULL,
            PRIMARY KEY (log, off)) STRICT, WITHOUT ROWID;
        CREATE TABLE producer (
            log INTEGER NOT NULL, producer TEXT NOT NULL, slot INTEGER NOT NULL, count INTEGER NOT NULL, seq INTEGER NOT NULL,
            off INTEGER NOT NULL, at INTEGER NOT NULL, PRIMARY KEY (log, producer, slot)) STRICT, WITHOUT ROWID;
        INSERT INTO cluster (one, store_id, store_epoch) VALUES (1, x'000102030405060708090a0b0c0d0e0f', 1);
        INSERT INTO token_key VALUES (1, zeroblob(32)), (7, zeroblob(32));
        INSERT INTO log VALUES (1, 'chat:old', 1, 3, 2, 195);
        INSERT INTO journal VALUES (1, 1, 1000, 0, x'0a0131'), (1, 2, 1001, 65, x'0a0132'), (1, 3, 1002, 130, x'0a0133');
        INSERT INTO producer VALUES (1, 'p', 0, 0, 1, 1, 1000);
        PRAGMA application_id = 0x52544c4d;
        PRAGMA user_version = 1;
        """;
}
