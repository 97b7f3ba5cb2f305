using Npgsql;

namespace Realtime.Node.Persistence.Store.Postgres;

/// <summary>The tables in schema <c>rt</c> and the number that says which ones they are.</summary>
internal static class PostgresFormat
{
    public const string Schema = "rt";

    /// <summary>Versions up to 9 are those of the engine before Akka.NET; programs of that time refuse this one as newer.</summary>
    public const int Version = 12;

    /// <summary>The oldest version that is brought up to this one: that of one node on a database.</summary>
    private const int OldestVersion = 10;

    private const int VersionOfMembers = 11;

    /// <summary>Held by the one node that version 10 allowed on a database.</summary>
    private const long ClaimLock = 4_854_870_149;

    /// <summary>Any number that no other program takes: nodes that start together make the tables one after the other.</summary>
    private const long FormatLock = 4_854_870_148;

    /// <summary>
    /// Ids sort by their bytes, whatever the database's locale. Messages are not compressed a second time. <c>store_check</c> counts the
    /// epoch up once when the system behind the address, or its timeline, is not the one that was seen last.
    /// </summary>
    private const string Tables =
        """
        CREATE SCHEMA rt;
        CREATE TABLE rt.schema_version (version int NOT NULL);
        INSERT INTO rt.schema_version VALUES (12);
        CREATE TABLE rt.store (
            one int PRIMARY KEY DEFAULT 1 CHECK (one = 1), store_id uuid NOT NULL, epoch bigint NOT NULL, lives bigint NOT NULL,
            system bigint NOT NULL, timeline int NOT NULL);
        CREATE TABLE rt.channel_event (
            ordering bigint GENERATED ALWAYS AS IDENTITY, created bigint NOT NULL, deleted boolean NOT NULL, persistence_id text COLLATE "C" NOT NULL,
            sequence_number bigint NOT NULL, message bytea, manifest text, identifier int, tags text, PRIMARY KEY (persistence_id, sequence_number));
        ALTER TABLE rt.channel_event ALTER message SET STORAGE EXTERNAL;
        CREATE TABLE rt.session_event (
            ordering bigint GENERATED ALWAYS AS IDENTITY, created bigint NOT NULL, deleted boolean NOT NULL, persistence_id text COLLATE "C" NOT NULL,
            sequence_number bigint NOT NULL, message bytea, manifest text, identifier int, tags text, PRIMARY KEY (persistence_id, sequence_number));
        ALTER TABLE rt.session_event ALTER message SET STORAGE EXTERNAL;
        CREATE INDEX session_event_created ON rt.session_event (created);
        CREATE TABLE rt.channel_snapshot (
            persistence_id text COLLATE "C" NOT NULL, sequence_number bigint NOT NULL, created bigint NOT NULL, snapshot bytea, manifest text,
            serializer_id int, PRIMARY KEY (persistence_id, sequence_number));
        ALTER TABLE rt.channel_snapshot ALTER snapshot SET STORAGE EXTERNAL;
        CREATE FUNCTION rt.store_system(OUT system bigint, OUT timeline int) LANGUAGE sql AS $$
            SELECT system_identifier, ('x' || substr(pg_walfile_name(pg_current_wal_insert_lsn()), 1, 8))::bit(32)::int FROM pg_control_system()
        $$;
        CREATE FUNCTION rt.store_check() RETURNS bigint LANGUAGE plpgsql AS $$
        DECLARE
            now_at record;
            found_epoch bigint;
        BEGIN
            SELECT * INTO now_at FROM rt.store_system();
            SELECT epoch INTO found_epoch FROM rt.store s WHERE s.system = now_at.system AND s.timeline = now_at.timeline;
            IF FOUND THEN
                RETURN found_epoch;
            END IF;
            UPDATE rt.store s SET system = now_at.system, timeline = now_at.timeline, epoch = epoch + 1
                WHERE s.system <> now_at.system OR s.timeline <> now_at.timeline;
            SELECT epoch INTO found_epoch FROM rt.store;
            RETURN found_epoch;
        END $$;
        """;

    /// <summary>
    /// Since version 11. A row of <c>member</c> is one process; it is renewed within its page, without an index to change. Times are the database's.
    /// </summary>
    private const string MemberTables =
        """
        CREATE TABLE rt.cluster (
            one int PRIMARY KEY DEFAULT 1 CHECK (one = 1), shards int NOT NULL, wire int NOT NULL, generation bigint NOT NULL, founder bigint NOT NULL,
            founded timestamptz);
        CREATE TABLE rt.member (
            incarnation bigint PRIMARY KEY, name text COLLATE "C" NOT NULL, roles text[] NOT NULL, address text, uid int, client_url text,
            opened timestamptz NOT NULL DEFAULT clock_timestamp(), joined timestamptz, renewed timestamptz NOT NULL DEFAULT clock_timestamp(),
            beat bigint NOT NULL DEFAULT 0, unreachable bigint[] NOT NULL DEFAULT '{}', verdict text) WITH (fillfactor = 20);
        """;

    /// <summary>Since version 12: where clients reached processes that have ended their rows.</summary>
    private const string EndedTable = "CREATE TABLE rt.ended (client_url text PRIMARY KEY, at timestamptz NOT NULL);";

    /// <summary>Makes the tables in an empty database, in one transaction and under a lock.</summary>
    /// <exception cref="StoreFaultException">The schema is another program's, of another format, or of a newer version.</exception>
    public static async Task DemandAsync(NpgsqlConnection connection, string database, CancellationToken cancellation)
    {
        await using var transaction = await connection.BeginTransactionAsync(cancellation);
        await RunAsync(connection, $"SELECT pg_advisory_xact_lock({FormatLock})", cancellation);
        switch (await VersionAsync(connection, database, cancellation))
        {
            case null:
                await RunAsync(connection, Tables + MemberTables + EndedTable, cancellation);
                break;
            case OldestVersion:
                await DemandNobodyOfBeforeAsync(connection, database, cancellation);
                await RunAsync(connection, $"{MemberTables} {EndedTable} UPDATE rt.schema_version SET version = {Version}", cancellation);
                break;
            case VersionOfMembers:
                await RunAsync(connection, $"{EndedTable} UPDATE rt.schema_version SET version = {Version}", cancellation);
                break;
            case > Version and var version:
                throw new StoreFaultException(
                    StoreFault.OtherFormat,
                    $"The schema rt in {database} has version {version}; this program knows {Version} at most. Run the newer program.");
            case < OldestVersion and var version:
                throw new StoreFaultException(
                    StoreFault.OtherFormat,
                    $"The schema rt in {database} has the format of an older version of this program ({version}; this program needs {OldestVersion} at least), "
                    + "which cannot be taken over. Run the older program, or give this cluster a new database.");
        }

        await transaction.CommitAsync(cancellation);
    }

    /// <summary>A program of version 10 knows no member rows: it would take itself for the only node.</summary>
    private static async Task DemandNobodyOfBeforeAsync(NpgsqlConnection connection, string database, CancellationToken cancellation)
    {
        await using var take = new NpgsqlCommand($"SELECT pg_try_advisory_xact_lock({ClaimLock})", connection);
        if (await take.ExecuteScalarAsync(cancellation) is not true)
        {
            throw new StoreFaultException(
                StoreFault.InUse, $"A node of an older version of this program works on {database}. Stop it first: the format of the tables changes.");
        }
    }

    private static async Task<int?> VersionAsync(NpgsqlConnection connection, string database, CancellationToken cancellation)
    {
        await using var look = new NpgsqlCommand(
            "SELECT to_regnamespace('rt') IS NOT NULL, to_regclass('rt.schema_version') IS NOT NULL", connection);
        await using (var reader = await look.ExecuteReaderAsync(cancellation))
        {
            await reader.ReadAsync(cancellation);
            if (!reader.GetBoolean(0))
            {
                return null;
            }

            if (!reader.GetBoolean(1))
            {
                throw new StoreFaultException(
                    StoreFault.CannotOpen, $"The schema rt in {database} belongs to another program. Give this cluster a database of its own.");
            }
        }

        await using var read = new NpgsqlCommand("SELECT version FROM rt.schema_version", connection);
        return await read.ExecuteScalarAsync(cancellation) is int version
            ? version
            : throw new StoreFaultException(
                StoreFault.Corrupt, $"The schema rt in {database} has lost its version. Restore the database from a backup.");
    }

    private static async Task RunAsync(NpgsqlConnection connection, string sql, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync(cancellation);
    }
}
