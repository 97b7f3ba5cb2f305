using System.Buffers;
using System.Threading.Channels;
using Realtime.Cluster.Kernel;

namespace Realtime.Cluster.Links;

/// <summary>
/// What waits for one stream, bounded in bytes, in two lanes: what the cluster needs to stay one goes ahead of what its clients say. Within
/// a lane the order is kept. It lives and ends with its stream, so that nothing meant for one reaches the next.
/// </summary>
internal sealed class LinkQueue(long limit)
{
    private readonly Queue<FrameBuffer> _control = new();
    private readonly Queue<FrameBuffer> _rest = new();
    private readonly Lock _lock = new();

    // An event that resets itself: at most one word waits in it, and whoever waits takes it.
    private readonly Channel<bool> _signal = Channel.CreateBounded<bool>(
        new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite, SingleReader = true });

    private ByteBudget _budget = new(limit);
    private bool _open;

    /// <summary>Bytes that wait.</summary>
    public long Bytes
    {
        get
        {
            lock (_lock)
            {
                return _budget.Used;
            }
        }
    }

    public static bool IsControl(LinkFrame frame) => frame switch
    {
        LinkFrame.Status or LinkFrame.ViewChanged or LinkFrame.Stage or LinkFrame.StageEnd or LinkFrame.Staged or LinkFrame.StageDropped => true,
        LinkFrame.Request or LinkFrame.Reply or LinkFrame.Moved or LinkFrame.News => false,
        LinkFrame.Inquiry or LinkFrame.Answer or LinkFrame.Unanswered => false,
        _ => throw new InvalidOperationException($"A frame of kind {frame.GetType().Name} has no lane."),
    };

    /// <summary>From here on frames are taken.</summary>
    public void Open()
    {
        lock (_lock)
        {
            _open = true;
        }
    }

    /// <summary>Takes the frame, which is then the queue's to dispose of.</summary>
    /// <returns>False: closed or full, the frame is still the caller's.</returns>
    public bool TryAdd(FrameBuffer frame, bool control)
    {
        lock (_lock)
        {
            if (!_open || !_budget.TryTake(frame.HeldBytes))
            {
                return false;
            }

            (control ? _control : _rest).Enqueue(frame);
        }

        Wake();
        return true;
    }

    /// <summary>Moves what waits, control first, until so many bytes have been moved.</summary>
    /// <returns>False when nothing waited.</returns>
    public bool MoveTo(IBufferWriter<byte> output, int enough)
    {
        var moved = 0;
        while (moved < enough && Next() is { } frame)
        {
            // Bytes that were handed over no longer count: what the socket holds is bounded by the transport.
            using (frame)
            {
                var bytes = frame.Sealed();
                output.Write(bytes);
                moved += bytes.Length;
            }
        }

        return moved > 0;
    }

    /// <summary>Ends the next wait, or the one that is on.</summary>
    public void Wake() => _signal.Writer.TryWrite(true);

    public ValueTask<bool> WaitAsync() => _signal.Reader.ReadAsync();

    /// <summary>Takes nothing more and drops what waits.</summary>
    public void Close()
    {
        lock (_lock)
        {
            _open = false;
            foreach (var frame in _control.Concat(_rest))
            {
                _budget.Release(frame.HeldBytes);
                frame.Dispose();
            }

            _control.Clear();
            _rest.Clear();
        }

        Wake();
    }

    private FrameBuffer? Next()
    {
        lock (_lock)
        {
            if (!_control.TryDequeue(out var frame) && !_rest.TryDequeue(out frame))
            {
                return null;
            }

            _budget.Release(frame.HeldBytes);
            return frame;
        }
    }
}
