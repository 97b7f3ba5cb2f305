using System.Data;
using System.Globalization;
using Npgsql;

namespace Realtime.Node.Persistence.Store.Postgres;

/// <summary>
/// A session of the database that has the claim or wants it. Ends with its connection, and the claim with it. All calls block.
/// </summary>
internal sealed class ClaimSession(NpgsqlConnection connection) : IDisposable
{
    /// <summary>Any number that no other program takes.</summary>
    private const long Key = 4_854_870_149;

    /// <summary>As pg_locks shows the key: its two halves.</summary>
    private static readonly string Lock = string.Create(
        CultureInfo.InvariantCulture,
        $"""
        l.locktype = 'advisory' AND l.granted AND l.objsubid = 1 AND l.classid = {Key >> 32} AND l.objid = {Key & uint.MaxValue}
            AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())
        """);

    /// <summary>False: its connection is broken.</summary>
    public bool IsOpen => connection.State is ConnectionState.Open;

    public bool TryTake() => Scalar($"SELECT pg_try_advisory_lock({Key})") is true;

    /// <summary>Null: no session has it.</summary>
    public ClaimHolder? Holder()
    {
        using var command = new NpgsqlCommand(
            $"""
            SELECT l.pid, a.application_name, host(a.client_addr)
            FROM pg_locks l LEFT JOIN pg_stat_activity a ON a.pid = l.pid WHERE {Lock}
            """,
            connection);
        using var reader = command.ExecuteReader();
        return reader.Read()
            ? new ClaimHolder(
                reader.GetInt32(0), reader.IsDBNull(1) ? null : reader.GetString(1), reader.IsDBNull(2) ? null : reader.GetString(2))
            : null;
    }

    /// <summary>Asks the database itself: a pooler in between may have given the next statement another session.</summary>
    public bool Holds() => Scalar($"SELECT EXISTS (SELECT FROM pg_locks l WHERE {Lock} AND l.pid = pg_backend_pid())") is true;

    /// <summary>
    /// How many openings the store counts. Fewer than this one's number are corrected: a database that lost its end must not give a number
    /// twice.
    /// </summary>
    public long Lives(long atLeast)
    {
        var lives = Scalar("SELECT lives FROM rt.store") as long? ?? throw new InvalidDataException("the store has lost its identity");
        if (lives >= atLeast)
        {
            return lives;
        }

        var raise = string.Create(
            CultureInfo.InvariantCulture, $"UPDATE rt.store SET lives = greatest(lives, {atLeast}) RETURNING lives");
        return Scalar(raise) as long? ?? throw new InvalidDataException("the store has lost its identity");
    }

    public void EndOther(int process) => Scalar(string.Create(CultureInfo.InvariantCulture, $"SELECT pg_terminate_backend({process})"));

    /// <summary>Gives the claim back at once; else it ends when the server takes note of the closed connection.</summary>
    public void Release() => Scalar($"SELECT pg_advisory_unlock({Key})");

    public void Dispose() => connection.Dispose();

    private object? Scalar(string sql)
    {
        using var command = new NpgsqlCommand(sql, connection);
        return command.ExecuteScalar();
    }
}
