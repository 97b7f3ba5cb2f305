using System.Collections.Immutable;
using Akka.Persistence;

namespace Realtime.Node.Persistence.Journal;

/// <summary>One write of one log from its arrival until the store has ended it, whatever its caller has been told meanwhile.</summary>
internal sealed class PendingWrite
{
    /// <summary>Of an event that does not say its size.</summary>
    private const int UnknownSize = 1024;

    private readonly Action<PendingWrite> _ended;
    private readonly TaskCompletionSource<IImmutableList<Exception>> _outcome = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private int _hasEnded;
    private int _isCounted;

    /// <param name="started">By the journal's clock.</param>
    /// <param name="ended">Called once, before the outcome is known to anyone.</param>
    public PendingWrite(ImmutableList<AtomicWrite> messages, long started, Action<PendingWrite> ended)
    {
        (Messages, Started, _ended) = (messages, started, ended);
        foreach (var message in messages)
        {
            foreach (var representation in (IImmutableList<IPersistentRepresentation>)message.Payload)
            {
                Bytes += representation.Payload is IHasSize { Size: var size } ? size : UnknownSize;
            }
        }
    }

    public ImmutableList<AtomicWrite> Messages { get; }

    public long Started { get; }

    public string PersistenceId => Messages[0].PersistenceId;

    public long First => Messages[0].LowestSequenceNr;

    public long Bytes { get; }

    /// <summary>How often the store has been asked to take it.</summary>
    public int Tries { get; set; }

    public bool HasEnded => Volatile.Read(ref _hasEnded) != 0;

    public Task<IImmutableList<Exception>> Outcome => _outcome.Task;

    /// <returns>Whether it has not been counted before.</returns>
    public bool TryCount() => Interlocked.Exchange(ref _isCounted, 1) == 0;

    public void Succeed(IImmutableList<Exception> rejections)
    {
        if (End())
        {
            _outcome.SetResult(rejections);
        }
    }

    /// <remarks>Looks at the exception itself: the caller may have given up.</remarks>
    public void Fail(Exception exception)
    {
        if (End())
        {
            _outcome.SetException(exception);
            _ = _outcome.Task.Exception;
        }
    }

    private bool End()
    {
        if (Interlocked.Exchange(ref _hasEnded, 1) != 0)
        {
            return false;
        }

        _ended(this);
        return true;
    }
}
