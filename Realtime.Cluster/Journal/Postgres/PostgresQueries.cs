using Npgsql;
using NpgsqlTypes;

namespace Realtime.Cluster.Journal.Postgres;

/// <summary>
/// Asks one question at a time over pooled connections, one round trip each. While the database cannot be reached callers hear so at
/// once, and only now and then one of them tries.
/// </summary>
internal sealed class PostgresQueries(NpgsqlDataSource source, string store, TimeProvider time, TimeSpan pause)
{
    private long? _refusedAt;
    private readonly Lock _gate = new();

    /// <param name="sql">One statement: its effects are one transaction.</param>
    /// <param name="repeatable">It may be asked again when the answer of a connection that had died in the pool is lost.</param>
    /// <exception cref="StoreUnavailableException">The store cannot answer now; what the statement does may have been done.</exception>
    public async ValueTask<T> AskAsync<T>(
        string sql,
        Action<NpgsqlParameterCollection> bind,
        Func<NpgsqlDataReader, Task<T>> read,
        bool repeatable,
        CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        try
        {
            return await TryAsync(sql, bind, read, cancellation);
        }
        catch (NpgsqlException e) when (repeatable && !PostgresFault.IsDefinite(e) && !Refused())
        {
            return await AskAsync(sql, bind, read, repeatable: false, cancellation);
        }
        catch (Exception e) when (!cancellation.IsCancellationRequested && PostgresFault.IsOfStore(e))
        {
            throw PostgresFault.Unavailable(store, e);
        }
    }

    private async Task<T> TryAsync<T>(
        string sql, Action<NpgsqlParameterCollection> bind, Func<NpgsqlDataReader, Task<T>> read, CancellationToken cancellation)
    {
        await using var connection = await ConnectAsync(cancellation);
        var unreplicated = false;
        connection.Notice += OnNotice;
        try
        {
            await using var command = new NpgsqlCommand(sql, connection);
            bind(command.Parameters);
            await using var reader = await command.ExecuteReaderAsync(cancellation);
            var answer = await read(reader);

            // Rows are sent before the commit: only the end of the answer says that it went through.
            while (await reader.NextResultAsync(cancellation))
            {
            }

            return unreplicated ? throw new NpgsqlException("a standby that has to confirm writes does not") : answer;
        }
        finally
        {
            connection.Notice -= OnNotice;
        }

        void OnNotice(object sender, NpgsqlNoticeEventArgs notice) => unreplicated |= notice.Notice.Routine == "SyncRepWaitForLSN";
    }

    private async Task<NpgsqlConnection> ConnectAsync(CancellationToken cancellation)
    {
        if (Refused())
        {
            throw new NpgsqlException("it could not be reached a moment ago");
        }

        try
        {
            var connection = await source.OpenConnectionAsync(cancellation);
            SetRefused(null);
            return connection;
        }
        catch (Exception e) when (!cancellation.IsCancellationRequested && PostgresFault.IsOfStore(e))
        {
            SetRefused(time.GetTimestamp());
            throw;
        }
    }

    private bool Refused()
    {
        lock (_gate)
        {
            return _refusedAt is { } at && time.GetElapsedTime(at) < pause;
        }
    }

    private void SetRefused(long? at)
    {
        lock (_gate)
        {
            _refusedAt = at;
        }
    }

    public static NpgsqlParameter<long> Long(long value) => new() { TypedValue = value, NpgsqlDbType = NpgsqlDbType.Bigint };

    public static NpgsqlParameter<int> Int(int value) => new() { TypedValue = value, NpgsqlDbType = NpgsqlDbType.Integer };

    public static NpgsqlParameter<Guid> Uuid(Guid value) => new() { TypedValue = value, NpgsqlDbType = NpgsqlDbType.Uuid };

    public static NpgsqlParameter<bool> Bool(bool value) => new() { TypedValue = value, NpgsqlDbType = NpgsqlDbType.Boolean };

    public static NpgsqlParameter Text(string? value) => new() { Value = (object?)value ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Text };

    public static NpgsqlParameter Maybe(object? value, NpgsqlDbType type) => new() { Value = value ?? DBNull.Value, NpgsqlDbType = type };
}
