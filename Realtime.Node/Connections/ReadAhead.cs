namespace Realtime.Node.Connections;

/// <summary>
/// Frames of one connection that were read and not handled yet. Beyond a bound its transport stops reading: back-pressure on a client that
/// floods. One reader adds, the connection's actor removes.
/// </summary>
internal sealed class ReadAhead
{
    public const int Most = 128;

    private TaskCompletionSource? _readOn;
    private int _unhandled;
    private volatile bool _isOver;

    /// <summary>So many frames were read.</summary>
    /// <returns>Completes when more may be read.</returns>
    public ValueTask AddAsync(int frames)
    {
        if (Interlocked.Add(ref _unhandled, frames) <= Most)
        {
            return ValueTask.CompletedTask;
        }

        var readOn = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Interlocked.Exchange(ref _readOn, readOn);

        // Looks again: the actor may have caught up, or stopped, before it could see who waits.
        if (Volatile.Read(ref _unhandled) <= Most || _isOver)
        {
            Release();
        }

        return new ValueTask(readOn.Task);
    }

    /// <summary>A frame was handled.</summary>
    public void Remove()
    {
        if (Interlocked.Decrement(ref _unhandled) <= Most / 2)
        {
            Release();
        }
    }

    /// <summary>No frame is handled any more.</summary>
    public void End()
    {
        _isOver = true;
        Release();
    }

    private void Release() => Interlocked.Exchange(ref _readOn, null)?.TrySetResult();
}
