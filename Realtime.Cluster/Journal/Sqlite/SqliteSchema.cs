namespace Realtime.Cluster.Journal.Sqlite;

/// <summary>
/// The tables, as numbered upgrades. An upgrade that has left the house is never edited: what is on people's disks was made by it.
/// </summary>
internal static class SqliteSchema
{
    /// <summary>"RTLM": says whose file it is.</summary>
    public const int ApplicationId = 0x52544c4d;

    /// <summary>Upgrade n (from 1) turns version n − 1 into n.</summary>
    private static readonly string[] Upgrades =
    [
        // 1: identity and logs. `total` counts the bytes ever appended to a log and `before` those ahead of a message, so that the
        // bytes kept are one subtraction, whatever is trimmed. A log's kept messages are exactly tail … head; rows below tail are rubbish.
        """
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
        """,

        // 2: sessions. The index serves both the sweep (expires_at < now) and the attached ones (expires_at IS NULL, by id).
        """
        CREATE TABLE session (
            id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16), revision INTEGER NOT NULL, expires_at INTEGER,
            record BLOB NOT NULL) STRICT, WITHOUT ROWID;
        CREATE INDEX session_expires ON session (expires_at);
        """,

        // 3: the cluster. `changed` is the view's version that made the row so. Incarnations are never given out twice, hence AUTOINCREMENT. The
        // index of sessions carries the shard, so that finding the attached ones of some shards reads no records.
        """
        ALTER TABLE cluster ADD COLUMN view_version INTEGER NOT NULL DEFAULT 1;
        ALTER TABLE cluster ADD COLUMN shard_count INTEGER;
        ALTER TABLE cluster ADD COLUMN proto_min INTEGER;
        ALTER TABLE cluster ADD COLUMN proto_max INTEGER;
        CREATE TABLE node (
            inc INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL, boot BLOB NOT NULL CHECK (length(boot) = 16), peer TEXT NOT NULL,
            url TEXT, zone TEXT, capacity INTEGER NOT NULL, proto INTEGER NOT NULL, status INTEGER NOT NULL CHECK (status IN (2, 3, 4)),
            heartbeat INTEGER NOT NULL DEFAULT 0, load INTEGER NOT NULL DEFAULT 0) STRICT;
        CREATE UNIQUE INDEX node_live_name ON node (name) WHERE status < 4;
        CREATE TABLE shard (id INTEGER PRIMARY KEY, epoch INTEGER NOT NULL, owner INTEGER, changed INTEGER NOT NULL) STRICT;
        CREATE INDEX shard_owner ON shard (owner);
        ALTER TABLE session ADD COLUMN shard INTEGER;
        DROP INDEX session_expires;
        CREATE INDEX session_expires ON session (expires_at, id, shard);
        """,
    ];

    public static int Version => Upgrades.Length;

    /// <summary>For who may not upgrade it.</summary>
    /// <exception cref="StoreFaultException">The file belongs to another program or to a newer version of this one.</exception>
    /// <exception cref="StoreUnavailableException">No node has made it yet, or brought it to this version.</exception>
    public static void Demand(SqliteDatabase database, string path)
    {
        var version = KnownVersion(database, path);
        if (version < Version)
        {
            throw new StoreUnavailableException($"the schema of {path} has version {version}: a node has to bring it to {Version} first");
        }
    }

    /// <summary>Brings the file to this program's version, one transaction per upgrade: a crash between two leaves a whole older version.</summary>
    /// <param name="alone">False: other processes have the file open, and know only what it is now.</param>
    /// <exception cref="StoreFaultException">The file belongs to another program or to a newer version of this one.</exception>
    public static void Upgrade(SqliteDatabase database, string path, bool alone)
    {
        var version = KnownVersion(database, path);
        if (version < Version && !alone)
        {
            throw new StoreFaultException(
                StoreFault.InUse,
                $"{path} is in use by processes of an older version (its schema is {version}, this program's is {Version}). Stop all of them first: "
                + "the first one of the newer version upgrades it.");
        }

        for (var next = (int)version + 1; next <= Version; next++)
        {
            database.Execute("BEGIN IMMEDIATE");
            try
            {
                database.Execute(Upgrades[next - 1]);
                database.Execute($"PRAGMA application_id = {ApplicationId}; PRAGMA user_version = {next}");
                database.Execute("COMMIT");
            }
            catch (SqliteFault)
            {
                if (database.InTransaction)
                {
                    database.Execute("ROLLBACK");
                }

                throw;
            }
        }
    }

    private static long KnownVersion(SqliteDatabase database, string path)
    {
        var version = database.ReadInt64("PRAGMA user_version");
        var application = database.ReadInt64("PRAGMA application_id");
        var tables = database.ReadInt64("SELECT count(*) FROM sqlite_schema");
        if (application != ApplicationId && (application != 0 || version != 0 || tables != 0))
        {
            throw new StoreFaultException(
                StoreFault.CannotOpen, $"{path} is a SQLite database of another program. Give this node a file of its own.");
        }

        return version <= Version ? version : throw new StoreFaultException(
            StoreFault.NewerVersion,
            $"{path} was written by a newer version of this program (its schema is {version}, this program knows up to {Version}). "
            + "Start the newer program, or restore a backup from before the upgrade.");
    }
}
