namespace Realtime.Cluster.Kernel;

/// <summary>
/// An actor: a mailbox and a turn. The mailbox is itself the thread-pool work item, so an idle actor holds no task, no thread and no
/// queue, only two references. Messages are handled one at a time, in the order each sender sent them; a turn is bounded, so that a
/// busy actor cannot keep a pool thread from the others.
/// </summary>
/// <remarks>
/// Newcomers are pushed onto a lock-free stack (Treiber, 1986) and taken over whole and reversed by the running turn. After going idle
/// the turn looks at the stack once more behind a full fence: without that a message that was pushed in between would wait for the next.
/// </remarks>
public abstract class Actor<T> : IThreadPoolWorkItem
{
    /// <summary>Messages handled in one turn before other work gets the thread.</summary>
    public const int TurnLength = 64;

    private const int Idle = 0;
    private const int Scheduled = 1;

    private static readonly Letter Closed = new(default!, null);

    private Letter? _newest;
    private Letter? _ready;
    private int _state;

    /// <summary>True once the actor takes no more messages.</summary>
    public bool IsStopped => ReferenceEquals(Volatile.Read(ref _newest), Closed);

    /// <summary>Hands a message over; never blocks.</summary>
    /// <returns>False when the actor has stopped: the message was not taken.</returns>
    public bool Tell(T message)
    {
        var letter = new Letter(message, null);
        var newest = Volatile.Read(ref _newest);
        while (true)
        {
            if (ReferenceEquals(newest, Closed))
            {
                return false;
            }

            letter.Next = newest;
            var seen = Interlocked.CompareExchange(ref _newest, letter, newest);
            if (ReferenceEquals(seen, newest))
            {
                break;
            }

            newest = seen;
        }

        if (Volatile.Read(ref _state) == Idle && Interlocked.CompareExchange(ref _state, Scheduled, Idle) == Idle)
        {
            ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
        }

        return true;
    }

    void IThreadPoolWorkItem.Execute()
    {
        var handled = 0;
        while (handled < TurnLength && TryTake(out var message))
        {
            handled++;
            Handle(message);
        }

        if (handled > 0 && !IsStopped)
        {
            Guard(static actor => actor.TurnEnded());
        }

        if (_ready is null && !IsStopped)
        {
            Interlocked.Exchange(ref _state, Idle);
            if (Volatile.Read(ref _newest) is not { } late || ReferenceEquals(late, Closed)
                || Interlocked.CompareExchange(ref _state, Scheduled, Idle) != Idle)
            {
                return;
            }
        }
        else if (IsStopped)
        {
            return;
        }

        ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
    }

    protected abstract void Receive(T message);

    /// <summary>The turn is over: send on what was gathered during it.</summary>
    protected virtual void TurnEnded()
    {
    }

    /// <summary>A message that came while the actor stopped; it was never handled.</summary>
    protected virtual void Undelivered(T message) => DeadLetters.Count();

    /// <summary>Decides after a failure. An actor that restarts must put its state right in <see cref="Restarting"/>.</summary>
    protected virtual Supervision Supervise(Exception failure) => Supervision.Stop;

    protected virtual void Restarting()
    {
    }

    /// <summary>Runs once, after the last message.</summary>
    /// <param name="failure">Null when the actor stopped itself.</param>
    protected virtual void Stopped(Exception? failure)
    {
    }

    /// <summary>Stops the actor from inside its turn: nothing more is taken, what still waits is undelivered.</summary>
    protected void Stop() => Close(null);

    private bool TryTake(out T message)
    {
        if (_ready is null)
        {
            var newest = Volatile.Read(ref _newest);
            while (newest is not null && !ReferenceEquals(newest, Closed))
            {
                var seen = Interlocked.CompareExchange(ref _newest, null, newest);
                if (ReferenceEquals(seen, newest))
                {
                    _ready = Reverse(newest);
                    break;
                }

                newest = seen;
            }
        }

        if (_ready is not { } letter || IsStopped)
        {
            message = default!;
            return false;
        }

        _ready = letter.Next;
        message = letter.Message;
        return true;
    }

    private void Handle(T message)
    {
        try
        {
            Receive(message);
        }
        catch (Exception failure)
        {
            Fail(failure);
        }
    }

    private void Guard(Action<Actor<T>> step)
    {
        try
        {
            step(this);
        }
        catch (Exception failure)
        {
            Fail(failure);
        }
    }

    private void Fail(Exception failure)
    {
        if (Supervise(failure) is Supervision.Restart)
        {
            Restarting();
        }
        else
        {
            Close(failure);
        }
    }

    private void Close(Exception? failure)
    {
        var rest = Interlocked.Exchange(ref _newest, Closed);
        if (ReferenceEquals(rest, Closed))
        {
            return;
        }

        var late = rest is null ? null : Reverse(rest);
        for (var letter = _ready; letter is not null; letter = letter.Next)
        {
            Undelivered(letter.Message);
        }

        for (var letter = late; letter is not null; letter = letter.Next)
        {
            Undelivered(letter.Message);
        }

        _ready = null;
        Stopped(failure);
    }

    private static Letter? Reverse(Letter newest)
    {
        Letter? first = null;
        for (Letter? letter = newest; letter is not null;)
        {
            var next = letter.Next;
            letter.Next = first;
            first = letter;
            letter = next;
        }

        return first;
    }

    private sealed class Letter(T message, Letter? next)
    {
        public T Message { get; } = message;

        public Letter? Next { get; set; } = next;
    }
}
