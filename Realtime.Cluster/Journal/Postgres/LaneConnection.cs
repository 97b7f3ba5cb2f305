using System.Data;
using Npgsql;
using NpgsqlTypes;
using Realtime.Cluster.Kernel;

namespace Realtime.Cluster.Journal.Postgres;

/// <summary>
/// One life of a lane: a connection with its one prepared statement. Opening it ends the lane's earlier lives, whatever of them is still
/// on its way, and says which batch was the last to commit.
/// </summary>
internal sealed class LaneConnection : IDisposable
{
    private readonly NpgsqlConnection _connection;
    private readonly NpgsqlCommand _command;
    private readonly NpgsqlParameter<long> _number = new() { NpgsqlDbType = NpgsqlDbType.Bigint };
    private readonly NpgsqlParameter<long> _now = new() { NpgsqlDbType = NpgsqlDbType.Bigint };
    private readonly NpgsqlParameter<double> _bad = new() { NpgsqlDbType = NpgsqlDbType.Double };
    private bool _unreplicated;

    private LaneConnection(NpgsqlConnection connection, Guid lane, WriteBatch batch)
    {
        _connection = connection;
        _connection.Notice += OnNotice;
        (var generation, LastBatch, LastOutcomes) = Begin(connection, lane);
        _command = new NpgsqlCommand { Connection = connection };
        _command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = lane });
        _command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = generation });
        _command.Parameters.Add(_number);
        _command.Parameters.Add(_now);
        batch.AddTo(_command.Parameters);
        var places = string.Join(", ", Enumerable.Range(1, _command.Parameters.Count).Select(i => $"${i}"));
        _command.CommandText = $"SELECT rt.write({places})";
        if (FaultPoints.Current.Append.IsAny)
        {
            _command.Parameters.Add(_bad);
            _command.CommandText = $"SELECT w, pg_sleep(${_command.Parameters.Count}) FROM rt.write({places}) AS w";
        }

        _command.Prepare();
    }

    /// <summary>Number of the last batch of this lane that committed, in whatever life.</summary>
    public long LastBatch { get; }

    /// <summary>What was refused of it; null: nothing.</summary>
    public short[]? LastOutcomes { get; }

    /// <summary>
    /// The last commit came back although no standby has it: someone cancelled the wait. It is on this disk, and a failover would lose it.
    /// </summary>
    public bool Unreplicated => _unreplicated;

    /// <summary>False after an error that ended the connection: the answer to what was sent last is lost.</summary>
    public bool IsOpen => (_connection.FullState & (ConnectionState.Open | ConnectionState.Broken)) == ConnectionState.Open;

    public static LaneConnection Open(NpgsqlDataSource source, Guid lane, WriteBatch batch)
    {
        var connection = source.OpenConnection();
        try
        {
            var opened = new LaneConnection(connection, lane, batch);
            if (!opened._unreplicated)
            {
                return opened;
            }

            // What an earlier batch has committed is only sure when this, which comes after it, is.
            opened._command.Dispose();
            throw new NpgsqlException("a standby that has to confirm writes does not");
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    /// <summary>Sends the batch and comes back after its commit.</summary>
    public short[] Write(long number, long now)
    {
        _unreplicated = false;
        _number.TypedValue = number;
        _now.TypedValue = now;
        _bad.TypedValue = FaultPoints.Current.Append.Draw().TotalSeconds;
        using var reader = _command.ExecuteReader();
        reader.Read();
        var outcomes = reader.GetFieldValue<short[]>(0);

        // The row is sent before the commit: only the end of the answer says that it went through.
        while (reader.NextResult())
        {
        }

        return outcomes;
    }

    /// <summary>The lane is not used again.</summary>
    public void End(Guid lane)
    {
        using var command = new NpgsqlCommand("DELETE FROM rt.lane WHERE id = $1", _connection);
        command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = lane });
        command.ExecuteNonQuery();
    }

    public void Dispose()
    {
        _command.Dispose();
        _connection.Dispose();
    }

    private static (long Generation, long Batch, short[]? Outcomes) Begin(NpgsqlConnection connection, Guid lane)
    {
        using var command = new NpgsqlCommand("SELECT generation, batch, outcomes FROM rt.lane_open($1)", connection);
        command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = lane });
        using var reader = command.ExecuteReader();
        reader.Read();
        var begun = (reader.GetInt64(0), reader.GetInt64(1), reader.IsDBNull(2) ? null : reader.GetFieldValue<short[]>(2));
        while (reader.NextResult())
        {
        }

        return begun;
    }

    /// <summary>By the function that warns, because the words are translated.</summary>
    private void OnNotice(object sender, NpgsqlNoticeEventArgs notice) => _unreplicated |= notice.Notice.Routine == "SyncRepWaitForLSN";
}
