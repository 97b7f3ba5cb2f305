namespace Realtime.Tests.Support;

/// <summary>
/// One direction of a <see cref="TcpProxy"/>: can hold bytes as a network does that swallows them and later lets the retransmissions through,
/// make them late, or let few through. For all connections, those that come included.
/// </summary>
public sealed class ProxyDirection
{
    private readonly Lock _gate = new();
    private TaskCompletionSource? _held;
    private TimeSpan _delay;
    private int? _bytesPerSecond;
    private long _touched;

    /// <summary>Chunks that were held, made late or slowed down: proof that a fault took effect.</summary>
    public long Touched => Interlocked.Read(ref _touched);

    public void Hold()
    {
        lock (_gate)
        {
            _held ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }
    }

    public void Release()
    {
        lock (_gate)
        {
            _held?.SetResult();
            _held = null;
        }
    }

    public void Delay(TimeSpan delay)
    {
        lock (_gate)
        {
            _delay = delay;
        }
    }

    /// <param name="bytesPerSecond">Per connection; null: as fast as it goes.</param>
    public void Throttle(int? bytesPerSecond)
    {
        lock (_gate)
        {
            _bytesPerSecond = bytesPerSecond;
        }
    }

    /// <summary>As if nothing had been asked for.</summary>
    public void Clear()
    {
        Delay(TimeSpan.Zero);
        Throttle(null);
        Release();
    }

    /// <summary>Ends when this many bytes may pass.</summary>
    internal async Task PassAsync(int bytes)
    {
        TimeSpan delay;
        Task? held;
        lock (_gate)
        {
            held = _held?.Task;
            delay = _delay + (_bytesPerSecond is { } rate ? TimeSpan.FromSeconds((double)bytes / rate) : TimeSpan.Zero);
        }

        if (held is null && delay == TimeSpan.Zero)
        {
            return;
        }

        Interlocked.Increment(ref _touched);
        await (held ?? Task.CompletedTask);
        if (delay > TimeSpan.Zero)
        {
            await Task.Delay(delay, TimeProvider.System);
        }
    }
}
