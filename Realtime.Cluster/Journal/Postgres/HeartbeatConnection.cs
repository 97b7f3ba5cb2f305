using Npgsql;
using NpgsqlTypes;
using Realtime.Messages.Ids;

namespace Realtime.Cluster.Journal.Postgres;

/// <summary>
/// The connection for heartbeats, which nothing else ever uses. Blocks the thread that calls. A connection that failed is given up and
/// the next heartbeat makes a new one.
/// </summary>
internal sealed class HeartbeatConnection(NpgsqlDataSource source, string store) : IDisposable
{
    private readonly Lock _gate = new();
    private NpgsqlConnection? _connection;

    /// <exception cref="StoreUnavailableException">It may have been committed all the same.</exception>
    public HeartbeatResult Beat(HeartbeatRequest request)
    {
        lock (_gate)
        {
            try
            {
                _connection ??= source.OpenConnection();
                return Beat(_connection, request);
            }
            catch (Exception e) when (PostgresFault.IsOfStore(e))
            {
                _connection?.Dispose();
                _connection = null;
                throw PostgresFault.Unavailable(store, e);
            }
        }
    }

    public void Dispose()
    {
        lock (_gate)
        {
            _connection?.Dispose();
            _connection = null;
        }
    }

    private static HeartbeatResult Beat(NpgsqlConnection connection, HeartbeatRequest request)
    {
        using var command = new NpgsqlCommand("SELECT alive, version, store, w_inc, w_seq FROM rt.heartbeat($1, $2, $3, $4, $5)", connection);
        command.Parameters.Add(PostgresQueries.Long(request.Self.Value));
        command.Parameters.Add(PostgresQueries.Uuid(request.Boot));
        command.Parameters.Add(PostgresQueries.Long(request.Sequence));
        command.Parameters.Add(PostgresQueries.Int(request.Load));
        command.Parameters.Add(
            PostgresQueries.Maybe(request.Watch.Select(node => node.Value).ToArray(), NpgsqlDbType.Array | NpgsqlDbType.Bigint));
        using var reader = command.ExecuteReader();
        if (!reader.Read())
        {
            throw new InvalidDataException("a function of the schema answered nothing");
        }

        var (nodes, sequences) = (reader.GetFieldValue<long[]>(3), reader.GetFieldValue<long[]>(4));
        var watched = new KeyValuePair<Incarnation, long>[nodes.Length];
        for (var i = 0; i < nodes.Length; i++)
        {
            watched[i] = new(new Incarnation(nodes[i]), sequences[i]);
        }

        var result = new HeartbeatResult(reader.GetBoolean(0), reader.GetInt64(1), reader.GetInt64(2), watched);

        // The row is sent before the commit: only the end of the answer says that it went through.
        while (reader.NextResult())
        {
        }

        return result;
    }
}
