using System.Globalization;
using Npgsql;
using Realtime.Messages.Ids;
using Realtime.Node.Persistence.Members;

namespace Realtime.Node.Persistence.Store.Postgres;

/// <summary>Gives a process that opens the store its row, or refuses it.</summary>
internal static class PostgresMemberOpening
{
    private static readonly TimeSpan RetryPause = TimeSpan.FromMilliseconds(250);

    /// <summary>Rows of processes that ended without ending them are kept for that long, for operators.</summary>
    private static readonly TimeSpan History = TimeSpan.FromDays(1);

    /// <summary>Pages of a node that has ended connect to others for that long.</summary>
    private static readonly TimeSpan EndedFor = TimeSpan.FromHours(12);

    private const int MostEnded = 200;

    /// <summary>Waits for a predecessor of the same name to end or to stand still, and for processes of another kind, unless one of them is seen alive.</summary>
    /// <returns>When the row was written, on the process's monotonic clock; not later.</returns>
    /// <exception cref="StoreFaultException">Another process has the name, or the cluster is of another kind.</exception>
    public static async Task<long> TakeAsync(
        NpgsqlConnection connection, MemberClaim claim, Incarnation self, TimeSpan patience, string store, TimeProvider time, CancellationToken cancellation)
    {
        var start = time.GetTimestamp();
        WatchedRows? others = null, watched = null;
        while (true)
        {
            var began = time.GetTimestamp();
            await using var transaction = await connection.BeginTransactionAsync(cancellation);
            var before = others;
            others = (await OfOtherKindAsync(connection, claim, cancellation))?.After(before, began, time);
            watched = (await HolderAsync(connection, claim.Node, cancellation))?.After(watched, began, time);
            if (others?.IsWatchedStill(began, time) is not false && watched?.IsWatchedStill(began, time) is not false)
            {
                if (others is not null)
                {
                    await TakeOverAsync(connection, claim, others, cancellation);
                }

                await RunAsync(connection, "UPDATE rt.cluster SET shards = $1, wire = $2 WHERE (shards, wire) <> ($1, $2)", cancellation, claim.Shards, claim.Wire);
                await InsertAsync(connection, claim, self, cancellation);
                await transaction.CommitAsync(cancellation);
                return began;
            }

            await transaction.RollbackAsync(cancellation);
            var isOver = time.GetElapsedTime(start) >= patience;
            if (others is not null && ((before is not null && others.HasRenewed(before)) || isOver))
            {
                throw new StoreFaultException(
                    StoreFault.Incompatible,
                    $"The nodes on {store} have {others.Who}. Stop them all before a node of another version starts, or give this one a database of its own.");
            }

            if (isOver)
            {
                throw new StoreFaultException(
                    StoreFault.NameInUse, $"The name {claim.Node} is in use by another process on {store}{watched!.Who}. Stop that one, or give this node a name of its own (Realtime:Node).");
            }

            await Task.Delay(RetryPause, time, cancellation);
        }
    }

    /// <summary>Where clients reached processes that ended in the last hours, the latest first.</summary>
    public static async Task<IReadOnlyList<string>> ReadEndedAsync(NpgsqlConnection connection, CancellationToken cancellation)
    {
        await using var look = Command(
            connection, "SELECT client_url FROM rt.ended WHERE at >= clock_timestamp() - $1 ORDER BY at DESC LIMIT $2", [EndedFor, MostEnded]);
        await using var reader = await look.ExecuteReaderAsync(cancellation);
        var urls = new List<string>();
        while (await reader.ReadAsync(cancellation))
        {
            urls.Add(reader.GetString(0));
        }

        return urls;
    }

    /// <summary>Those that open the store come one after the other from here on.</summary>
    /// <returns>Processes without a verdict that have something else than this one; null: there are none.</returns>
    private static async Task<WatchedRows?> OfOtherKindAsync(NpgsqlConnection connection, MemberClaim claim, CancellationToken cancellation)
    {
        await RunAsync(
            connection, "INSERT INTO rt.cluster (shards, wire, generation, founder) VALUES ($1, $2, 0, 0) ON CONFLICT (one) DO NOTHING", cancellation, claim.Shards, claim.Wire);
        var (shards, wire) = (claim.Shards, claim.Wire);
        await using (var look = new NpgsqlCommand("SELECT shards, wire FROM rt.cluster FOR UPDATE", connection))
        {
            await using var reader = await look.ExecuteReaderAsync(cancellation);
            await reader.ReadAsync(cancellation);
            (shards, wire) = (reader.GetInt32(0), reader.GetInt32(1));
        }

        if ((shards, wire) == (claim.Shards, claim.Wire))
        {
            return null;
        }

        var kind = string.Create(
            CultureInfo.InvariantCulture, $"{shards} shards and version {wire} of the messages between nodes; this program has {claim.Shards} and {claim.Wire}");
        return await WatchAsync(connection, "SELECT incarnation, beat, NULL FROM rt.member WHERE verdict IS NULL", _ => kind, cancellation);
    }

    /// <summary>Null: nobody has the name.</summary>
    private static Task<WatchedRows?> HolderAsync(NpgsqlConnection connection, NodeId node, CancellationToken cancellation) => WatchAsync(
        connection,
        "SELECT incarnation, beat, address FROM rt.member WHERE name = $1 AND verdict IS NULL AND renewed >= clock_timestamp() - $2 FOR UPDATE",
        address => address is null ? "" : $", {address}",
        cancellation,
        node.Name,
        MemberTimes.Still);

    /// <param name="who">In words, by the third column.</param>
    /// <returns>Null: there are no rows.</returns>
    private static async Task<WatchedRows?> WatchAsync(
        NpgsqlConnection connection, string sql, Func<string?, string> who, CancellationToken cancellation, params object[] values)
    {
        await using var look = Command(connection, sql, values);
        await using var reader = await look.ExecuteReaderAsync(cancellation);
        var beats = new Dictionary<long, long>();
        string? last = null;
        while (await reader.ReadAsync(cancellation))
        {
            beats.Add(reader.GetInt64(0), reader.GetInt64(1));
            last = reader.IsDBNull(2) ? null : reader.GetString(2);
        }

        return beats.Count == 0 ? null : new WatchedRows(who(last), beats);
    }

    /// <summary>One that wakes up finds the verdict, and has had no lease since before.</summary>
    private static async Task TakeOverAsync(NpgsqlConnection connection, MemberClaim claim, WatchedRows others, CancellationToken cancellation)
    {
        await RunAsync(
            connection,
            "UPDATE rt.member SET verdict = 'its row stood still when a node of another version started' WHERE incarnation = ANY($1) AND name <> $2 AND verdict IS NULL",
            cancellation,
            others.Beats.Keys.ToArray(),
            claim.Node.Name);
        await RunAsync(connection, "UPDATE rt.cluster SET generation = generation + 1", cancellation);
    }

    private static async Task InsertAsync(NpgsqlConnection connection, MemberClaim claim, Incarnation self, CancellationToken cancellation)
    {
        await RunAsync(connection, "DELETE FROM rt.member WHERE renewed < clock_timestamp() - $1 OR (name = $2 AND verdict IS NOT NULL)", cancellation, History, claim.Node.Name);
        await RunAsync(connection, "DELETE FROM rt.ended WHERE at < clock_timestamp() - $1", cancellation, EndedFor);
        var taken = await RunAsync(
            connection,
            "UPDATE rt.member SET verdict = 'its row stood still when another process took its name' WHERE name = $1 AND verdict IS NULL",
            cancellation,
            claim.Node.Name);
        if (taken > 0)
        {
            await RunAsync(connection, "UPDATE rt.cluster SET generation = generation + 1", cancellation);
        }

        await RunAsync(
            connection,
            "INSERT INTO rt.member (incarnation, name, roles, client_url) VALUES ($1, $2, $3, $4)",
            cancellation,
            self.Value,
            claim.Node.Name,
            claim.Roles.ToArray(),
            (object?)claim.ClientUrl ?? DBNull.Value);
    }

    private static async Task<int> RunAsync(NpgsqlConnection connection, string sql, CancellationToken cancellation, params object[] values)
    {
        await using var command = Command(connection, sql, values);
        return await command.ExecuteNonQueryAsync(cancellation);
    }

    private static NpgsqlCommand Command(NpgsqlConnection connection, string sql, object[] values)
    {
        var command = new NpgsqlCommand(sql, connection);
        foreach (var value in values)
        {
            command.Parameters.Add(new NpgsqlParameter { Value = value });
        }

        return command;
    }
}
