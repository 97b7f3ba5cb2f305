using Npgsql;

namespace Realtime.Node.Persistence.Store.Postgres;

/// <summary>What a server must be set to before anything is promised on it.</summary>
internal static class PostgresDemands
{
    private const int OldestVersion = 140_000;

    /// <exception cref="StoreFaultException">It is too old, a standby, or may lose what it has committed.</exception>
    public static async Task CheckAsync(NpgsqlConnection connection, string database, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand(
            """
            SELECT current_setting('server_version_num')::int, current_setting('server_version'), pg_is_in_recovery(),
                current_setting('fsync'), current_setting('full_page_writes'), current_setting('synchronous_commit')
            """,
            connection);
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        await reader.ReadAsync(cancellation);
        Demand(reader.GetInt32(0) >= OldestVersion, $"runs PostgreSQL {reader.GetString(1)}; version 14 or newer is needed");
        Demand(!reader.GetBoolean(2), "is a standby that takes no writes: name the primary, or all servers");
        Demand(reader.GetString(3) == "on", "runs with fsync=off and loses committed messages when its machine fails: set fsync=on");
        Demand(reader.GetString(4) == "on", "runs with full_page_writes=off and may be torn when its machine fails: set full_page_writes=on");
        Demand(
            reader.GetString(5) != "off",
            "runs with synchronous_commit=off and loses committed messages when it fails: set synchronous_commit=on for this role or database");

        void Demand(bool holds, string fault)
        {
            if (!holds)
            {
                throw new StoreFaultException(StoreFault.CannotOpen, $"The server of {database} {fault}.");
            }
        }
    }
}
