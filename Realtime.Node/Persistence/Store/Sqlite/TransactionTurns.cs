namespace Realtime.Node.Persistence.Store.Sqlite;

/// <summary>
/// Lets the transactions of one database run one after the other, in the order in which they were asked for, and where it can on a thread of
/// their own. The driver blocks: on the pool's threads a few waiting transactions hold up every actor of a small machine, and the database's own
/// lock goes to whichever transaction tries at the right moment, so that one busy journal keeps the other out for seconds.
/// </summary>
internal sealed class TransactionTurns : IAsyncDisposable
{
    private readonly object _lock = new();
    private readonly Queue<Action> _waiting = new();
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Thread _thread;
    private Action? _move;
    private bool _isTaken;
    private bool _isClosed;

    public TransactionTurns()
    {
        _thread = new Thread(Run) { IsBackground = true, Name = "sqlite writer" };
        _thread.Start();
    }

    public bool IsOnThread => Thread.CurrentThread == _thread;

    /// <summary>
    /// What follows its await runs on the thread, up to the first await that does not complete at once; but a turn that comes before it is
    /// awaited leaves its caller where it is. No other turn begins before this one is over.
    /// </summary>
    /// <exception cref="ObjectDisposedException">The store is closed.</exception>
    public Task<Turn> TakeAsync()
    {
        // Without RunContinuationsAsynchronously: they are what the turn is for.
        var taken = new TaskCompletionSource<Turn>();
        Add(() => taken.SetResult(new Turn(this)));
        return taken.Task;
    }

    /// <summary>A turn for work that blocks. The caller goes on elsewhere.</summary>
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
            finally
            {
                End();
            }
        });
        return done.Task;
    }

    /// <summary>Ends when everything is over that was asked for before.</summary>
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
            _waiting.Enqueue(turn);
            Monitor.Pulse(_lock);
        }
    }

    private void Move(Action move)
    {
        lock (_lock)
        {
            _move = move;
            Monitor.Pulse(_lock);
        }
    }

    private void End()
    {
        lock (_lock)
        {
            _isTaken = false;
            Monitor.Pulse(_lock);
        }
    }

    private void Run()
    {
        while (Next() is { } next)
        {
            next();
        }

        _ended.SetResult();
    }

    private Action? Next()
    {
        lock (_lock)
        {
            while (true)
            {
                if (_move is { } move)
                {
                    _move = null;
                    return move;
                }

                if (!_isTaken && _waiting.TryDequeue(out var turn))
                {
                    _isTaken = true;
                    return turn;
                }

                if (!_isTaken && _isClosed)
                {
                    return null;
                }

                Monitor.Wait(_lock);
            }
        }
    }

    /// <summary>The database for one transaction, until it is disposed.</summary>
    public sealed class Turn : IDisposable
    {
        private TransactionTurns? _turns;

        internal Turn(TransactionTurns turns) => _turns = turns;

        /// <summary>Another try to go on on the thread, as with the turn itself.</summary>
        public Task MoveToThreadAsync()
        {
            if (_turns is not { IsOnThread: false } turns)
            {
                return Task.CompletedTask;
            }

            var moved = new TaskCompletionSource();
            turns.Move(moved.SetResult);
            return moved.Task;
        }

        public void Dispose() => Interlocked.Exchange(ref _turns, null)?.End();
    }
}
