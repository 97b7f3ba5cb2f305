namespace Realtime.Node.Persistence.Store.Sqlite;

/// <summary>
/// The thread on which all transactions of one database run, one after the other in the order in which they were asked for. The driver
/// blocks: on the pool's threads a few waiting transactions hold up every actor of a small machine, and the database's own lock goes to
/// whichever transaction tries at the right moment, so that one busy journal keeps the other out for seconds.
/// </summary>
internal sealed class WriterThread : IAsyncDisposable
{
    private readonly object _lock = new();
    private readonly Queue<Action> _turns = new();
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Thread _thread;
    private bool _isClosed;

    public WriterThread()
    {
        _thread = new Thread(Run) { IsBackground = true, Name = "sqlite writer" };
        _thread.Start();
    }

    public bool IsCurrent => Thread.CurrentThread == _thread;

    /// <summary>What follows its await runs on the thread, up to the first await that does not complete at once.</summary>
    /// <exception cref="ObjectDisposedException">The store is closed.</exception>
    public Task TurnAsync()
    {
        // Without RunContinuationsAsynchronously: they are what the turn is for.
        var turn = new TaskCompletionSource();
        Add(turn.SetResult);
        return turn.Task;
    }

    /// <summary>The caller goes on elsewhere.</summary>
    /// <exception cref="ObjectDisposedException">The store is closed.</exception>
    public Task<T> RunAsync<T>(Func<T> work)
    {
        var done = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        Add(() =>
        {
            try
            {
                done.SetResult(work());
            }
            catch (Exception e)
            {
                done.SetException(e);
            }
        });
        return done.Task;
    }

    /// <summary>Ends what was asked for before.</summary>
    public async ValueTask DisposeAsync()
    {
        lock (_lock)
        {
            _isClosed = true;
            Monitor.Pulse(_lock);
        }

        await _ended.Task.ConfigureAwait(false);
    }

    private void Add(Action turn)
    {
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_isClosed, this);
            _turns.Enqueue(turn);
            Monitor.Pulse(_lock);
        }
    }

    private void Run()
    {
        while (Next() is { } turn)
        {
            turn();
        }

        _ended.SetResult();
    }

    private Action? Next()
    {
        lock (_lock)
        {
            while (_turns.Count == 0 && !_isClosed)
            {
                Monitor.Wait(_lock);
            }

            return _turns.TryDequeue(out var turn) ? turn : null;
        }
    }
}
