using System.Collections.Concurrent;
using Google.Protobuf;

namespace Realtime.Cluster.Journal.Sqlite;

/// <summary>
/// Lends reading connections. A read runs on the caller's thread: it mostly finds its pages in memory, and a hop to another thread costs more.
/// </summary>
internal sealed class SqliteReaderPool(SqliteStoreOptions options) : IAsyncDisposable
{
    private readonly ConcurrentStack<SqliteReader> _free = new();
    private readonly SemaphoreSlim _room = new(options.Readers);
    private volatile bool _closed;

    /// <exception cref="StoreUnavailableException">The store cannot answer now.</exception>
    public ValueTask<T> ReadAsync<T>(Func<SqliteReader, T> read, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        return _room.Wait(0, CancellationToken.None) ? new ValueTask<T>(Read(read)) : WaitAndReadAsync(read, cancellation);
    }

    private async ValueTask<T> WaitAndReadAsync<T>(Func<SqliteReader, T> read, CancellationToken cancellation)
    {
        await _room.WaitAsync(cancellation);
        return Read(read);
    }

    private T Read<T>(Func<SqliteReader, T> read)
    {
        SqliteReader? reader = null;
        try
        {
            if (_closed)
            {
                throw new StoreUnavailableException("the store is closed");
            }

            if (!_free.TryPop(out reader))
            {
                reader = new SqliteReader(SqliteConnections.Reader(options));
            }

            return read(reader);
        }
        catch (Exception e) when (e is SqliteFault or InvalidDataException or InvalidProtocolBufferException)
        {
            // Not lent again: whatever state the connection is in, a new one starts clean.
            reader?.Dispose();
            reader = null;
            throw new StoreUnavailableException($"the store {options.Path} cannot be read: {e.Message}", e);
        }
        finally
        {
            if (reader is not null)
            {
                _free.Push(reader);
            }

            _room.Release();
        }
    }

    /// <summary>Lets running reads end, refuses the rest.</summary>
    public async ValueTask DisposeAsync()
    {
        _closed = true;
        for (var i = 0; i < options.Readers; i++)
        {
            await _room.WaitAsync();
        }

        while (_free.TryPop(out var reader))
        {
            reader.Dispose();
        }

        _room.Release(options.Readers);
    }
}
