using System.Reflection;
using Npgsql;

namespace Realtime.Cluster.Journal.Postgres;

/// <summary>
/// The tables and functions, as numbered migrations in schema <c>rt</c>. One that has left the house is never edited: what is in people's
/// databases was made by it.
/// </summary>
internal static class PostgresSchema
{
    private const string Prefix = "Postgres.";

    /// <summary>Any number that nobody else takes: nodes that start together migrate one after the other.</summary>
    private const long MigrationLock = 4_854_870_148;

    private static readonly string[] Migrations =
    [
        .. typeof(PostgresSchema).Assembly.GetManifestResourceNames().Where(name => name.StartsWith(Prefix, StringComparison.Ordinal)).Order(StringComparer.Ordinal),
    ];

    public static int Version => Migrations.Length;

    /// <summary>Migration n, from 1.</summary>
    public static string Migration(int number)
    {
        using var stream = Assembly.GetExecutingAssembly().GetManifestResourceStream(Migrations[number - 1])!;
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }

    /// <summary>Brings the schema to this program's version, in one transaction: a crash leaves the version that was there.</summary>
    /// <exception cref="StoreFaultException">The schema is another program's or of a newer version of this one.</exception>
    public static async Task UpgradeAsync(NpgsqlConnection connection, string database, CancellationToken cancellation)
    {
        await using var transaction = await connection.BeginTransactionAsync(cancellation);
        await RunAsync(connection, $"SELECT pg_advisory_xact_lock({MigrationLock})", cancellation);
        var version = await VersionAsync(connection, database, cancellation);
        DemandKnown(version, database);
        for (var number = version + 1; number <= Version; number++)
        {
            await RunAsync(connection, Migration(number), cancellation);
            await RunAsync(connection, $"UPDATE rt.schema_version SET version = {number}", cancellation);
        }

        await transaction.CommitAsync(cancellation);
    }

    /// <summary>For who may not upgrade it.</summary>
    /// <exception cref="StoreFaultException">The schema is another program's or of a newer version of this one.</exception>
    /// <exception cref="StoreUnavailableException">No node has made it yet, or brought it to this version.</exception>
    public static async Task DemandAsync(NpgsqlConnection connection, string database, CancellationToken cancellation)
    {
        var version = await VersionAsync(connection, database, cancellation);
        DemandKnown(version, database);
        if (version < Version)
        {
            throw new StoreUnavailableException($"the schema rt in {database} has version {version}: a node has to bring it to {Version} first");
        }
    }

    private static void DemandKnown(int version, string database)
    {
        if (version > Version)
        {
            throw new StoreFaultException(
                StoreFault.NewerVersion,
                $"The schema rt in {database} has version {version}; this program knows {Version} at most. Run the newer program.");
        }
    }

    private static async Task<int> VersionAsync(NpgsqlConnection connection, string database, CancellationToken cancellation)
    {
        await using var look = new NpgsqlCommand(
            "SELECT to_regnamespace('rt') IS NOT NULL, to_regclass('rt.schema_version') IS NOT NULL", connection);
        await using (var reader = await look.ExecuteReaderAsync(cancellation))
        {
            await reader.ReadAsync(cancellation);
            if (!reader.GetBoolean(0))
            {
                return 0;
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
            : throw new StoreFaultException(StoreFault.Corrupt, $"The schema rt in {database} has lost its version. Restore the database from a backup.");
    }

    private static async Task RunAsync(NpgsqlConnection connection, string sql, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync(cancellation);
    }
}
