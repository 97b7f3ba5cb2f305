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

    /// <summary>Waits for a predecessor of the same name to end or to stand still.</summary>
    /// <returns>When the row was written, on the process's monotonic clock; not later.</returns>
    /// <exception cref="StoreFaultException">Another process has the name, or the cluster is of another kind.</exception>
    public static async Task<long> TakeAsync(
        NpgsqlConnection connection, MemberClaim claim, Incarnation self, TimeSpan patience, string store, TimeProvider time, CancellationToken cancellation)
    {
        var start = time.GetTimestamp();
        NameHolder? watched = null;
        while (true)
        {
            var began = time.GetTimestamp();
            await using var transaction = await connection.BeginTransactionAsync(cancellation);
            if (await OtherKindAsync(connection, claim, cancellation) is { } kind)
            {
                throw new StoreFaultException(
                    StoreFault.Incompatible,
                    $"The nodes on {store} have {kind}. Stop them all before a node of another version starts, or give this one a database of its own.");
            }

            watched = await HolderAsync(connection, claim.Node, cancellation) is { } found ? found.After(watched, began, time) : null;
            if (watched is not { } holder || holder.IsWatchedStill(began, time))
            {
                await InsertAsync(connection, claim, self, cancellation);
                await transaction.CommitAsync(cancellation);
                return began;
            }

            await transaction.RollbackAsync(cancellation);
            if (time.GetElapsedTime(start) >= patience)
            {
                throw new StoreFaultException(
                    StoreFault.NameInUse, $"The name {claim.Node} is in use by another process on {store}{holder.Address}. Stop that one, or give this node a name of its own (Realtime:Node).");
            }

            await Task.Delay(RetryPause, time, cancellation);
        }
    }

    /// <summary>Those that open the store come one after the other from here on.</summary>
    /// <returns>What the living nodes have, in words; null when it is what this one has.</returns>
    private static async Task<string?> OtherKindAsync(NpgsqlConnection connection, MemberClaim claim, CancellationToken cancellation)
    {
        await RunAsync(
            connection, "INSERT INTO rt.cluster (shards, wire, generation, founder) VALUES ($1, $2, 0, 0) ON CONFLICT (one) DO NOTHING", cancellation, claim.Shards, claim.Wire);
        await using (var look = new NpgsqlCommand("SELECT shards, wire FROM rt.cluster FOR UPDATE", connection))
        {
            await using var reader = await look.ExecuteReaderAsync(cancellation);
            await reader.ReadAsync(cancellation);
            var (shards, wire) = (reader.GetInt32(0), reader.GetInt32(1));
            if ((shards, wire) == (claim.Shards, claim.Wire))
            {
                return null;
            }

            await reader.DisposeAsync();
            await using var living = new NpgsqlCommand("SELECT EXISTS (SELECT FROM rt.member WHERE verdict IS NULL AND renewed >= clock_timestamp() - $1)", connection);
            living.Parameters.Add(new NpgsqlParameter { Value = MemberTimes.Fresh });
            if (await living.ExecuteScalarAsync(cancellation) is true)
            {
                return string.Create(
                    CultureInfo.InvariantCulture,
                    $"{shards} shards and version {wire} of the messages between nodes; this program has {claim.Shards} and {claim.Wire}");
            }
        }

        await RunAsync(connection, "UPDATE rt.cluster SET shards = $1, wire = $2", cancellation, claim.Shards, claim.Wire);
        return null;
    }

    /// <summary>Null: nobody has the name.</summary>
    private static async Task<NameHolder?> HolderAsync(NpgsqlConnection connection, NodeId node, CancellationToken cancellation)
    {
        await using var look = new NpgsqlCommand(
            "SELECT address, incarnation, beat FROM rt.member WHERE name = $1 AND verdict IS NULL AND renewed >= clock_timestamp() - $2 FOR UPDATE", connection);
        look.Parameters.Add(new NpgsqlParameter { Value = node.Name });
        look.Parameters.Add(new NpgsqlParameter { Value = MemberTimes.Still });
        await using var reader = await look.ExecuteReaderAsync(cancellation);
        return await reader.ReadAsync(cancellation)
            ? new NameHolder(reader.IsDBNull(0) ? "" : $", {reader.GetString(0)}", reader.GetInt64(1), reader.GetInt64(2), default, default)
            : null;
    }

    private static async Task InsertAsync(NpgsqlConnection connection, MemberClaim claim, Incarnation self, CancellationToken cancellation)
    {
        await RunAsync(connection, "DELETE FROM rt.member WHERE renewed < clock_timestamp() - $1 OR (name = $2 AND verdict IS NOT NULL)", cancellation, History, claim.Node.Name);
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
        await using var command = new NpgsqlCommand(sql, connection);
        foreach (var value in values)
        {
            command.Parameters.Add(new NpgsqlParameter { Value = value });
        }

        return await command.ExecuteNonQueryAsync(cancellation);
    }
}
