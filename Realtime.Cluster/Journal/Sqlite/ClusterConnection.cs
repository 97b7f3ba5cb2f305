namespace Realtime.Cluster.Journal.Sqlite;

/// <summary>
/// A connection for the cluster's rows, opened with its first use: never behind the queue of appends, which may be seconds long.
/// </summary>
internal sealed class ClusterConnection(SqliteStoreOptions options, Func<SqliteDatabase> open) : IDisposable
{
    private readonly SemaphoreSlim _turn = new(1);
    private ClusterStatements? _statements;
    private bool _closed;

    /// <summary>Blocks for as long as others write.</summary>
    /// <exception cref="StoreUnavailableException">It may have been committed all the same.</exception>
    public T Run<T>(Func<ClusterStatements, T> step)
    {
        _turn.Wait();
        try
        {
            return Step(step);
        }
        finally
        {
            _turn.Release();
        }
    }

    public async ValueTask<T> RunAsync<T>(Func<ClusterStatements, T> step, CancellationToken cancellation)
    {
        await _turn.WaitAsync(cancellation);
        try
        {
            return await Task.Run(() => Step(step), CancellationToken.None);
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>Lets a call under way end, refuses the rest.</summary>
    public void Dispose()
    {
        _turn.Wait();
        _closed = true;
        _statements?.Dispose();
        _statements = null;
        _turn.Release();
    }

    private T Step<T>(Func<ClusterStatements, T> step)
    {
        if (_closed)
        {
            throw new StoreUnavailableException("the store is closed");
        }

        try
        {
            _statements ??= new ClusterStatements(open(), options.BusyTimeout);
            return step(_statements);
        }
        catch (Exception e) when (e is SqliteFault or InvalidDataException)
        {
            // Whatever state the connection is in, a new one starts clean.
            _statements?.Dispose();
            _statements = null;
            throw new StoreUnavailableException($"the store {options.Path} cannot answer: {e.Message}", e);
        }
    }
}
