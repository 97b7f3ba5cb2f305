using Realtime.Cluster.Kernel;
using Realtime.Messages.Errors;

namespace Realtime.Node.Connections;

/// <summary>
/// What waits to be sent on one connection, bounded in bytes. Whoever finds the link idle sends, everybody else leaves references to
/// encoded frames; one transport message then carries everything that gathered, because a send costs a system call and a copy does not.
/// An idle connection holds no queue and no task.
/// </summary>
internal sealed class Outbound(IClientLink link, int budget, IOutboundOwner owner)
{
    /// <summary>Most bytes that share one transport message.</summary>
    public const int ShareBytes = 48 * 1024;

    /// <summary>Control frames may go over the budget by this factor before the reader counts as lost.</summary>
    public const int HardFactor = 4;

    private readonly Lock _lock = new();
    private Queue<EncodedFrames>? _queue;
    private ByteBudget _waiting = new(budget);
    private bool _sending;
    private bool _starved;
    private bool _closed;
    private (CloseCode Code, string Reason)? _closing;

    /// <summary>Bytes of one large answer, or of one of its parts.</summary>
    public int AnswerBytes => budget / ConnectionPolicy.AnswersInQueue;

    /// <summary>Bytes that have been handed to the transport; grows as long as the peer reads.</summary>
    public long SentBytes { get; private set; }

    /// <summary>Bytes that wait behind what is on its way.</summary>
    public long QueuedBytes
    {
        get
        {
            lock (_lock)
            {
                return _waiting.Used;
            }
        }
    }

    /// <summary>True while something is on its way: a stall is a queue that stands still.</summary>
    public bool IsSending => Volatile.Read(ref _sending);

    /// <summary>Bytes that wait. Read on any thread, of a moment that may be over.</summary>
    public long Waiting
    {
        get
        {
            lock (_lock)
            {
                return _waiting.Used;
            }
        }
    }

    /// <summary>Whether there is room for more; when not, the owner is told once there is.</summary>
    public bool AwaitRoom()
    {
        lock (_lock)
        {
            var room = _closed || _waiting.Used <= budget / 2;
            _starved |= !room;
            return room;
        }
    }

    /// <summary>Takes channel content if the budget allows. When not, the owner is told once there is room again.</summary>
    public bool TryEnqueue(EncodedFrames item) => TryEnqueue(item, isContent: true);

    /// <summary>Takes a frame that must not be left out: an answer, a gap, a ping.</summary>
    /// <returns>False when the reader is so far behind that the connection should be given up.</returns>
    public bool EnqueueControl(EncodedFrames item) => TryEnqueue(item, isContent: false);

    private bool TryEnqueue(EncodedFrames item, bool isContent)
    {
        lock (_lock)
        {
            if (_closed || _closing is not null)
            {
                return true; // Nobody will read it: that is no reason to catch up or to give up.
            }

            if (!(isContent ? _waiting : _waiting with { Limit = (long)budget * HardFactor }).Fits(item.Length))
            {
                _starved |= isContent;
                return false;
            }

            if (_sending)
            {
                (_queue ??= new Queue<EncodedFrames>(4)).Enqueue(item);
                _waiting.Take(item.Length);
                return true;
            }

            _sending = true;
        }

        Start(item);
        return true;
    }

    /// <summary>Sends the goodbye after what is queued, then closes the link; nothing is taken any more.</summary>
    public void Close(EncodedFrames goodbye, CloseCode code, string reason)
    {
        lock (_lock)
        {
            if (_closed || _closing is not null)
            {
                return;
            }

            _closing = (code, reason);
            if (_sending)
            {
                (_queue ??= new Queue<EncodedFrames>(1)).Enqueue(goodbye);
                _waiting.Take(goodbye.Length);
                return;
            }

            _sending = true;
        }

        Start(goodbye);
    }

    /// <summary>The link is gone: lets go of everything.</summary>
    public void Drop()
    {
        lock (_lock)
        {
            _closed = true;
            _queue = null;
            _waiting = new ByteBudget(budget);
        }
    }

    private void Start(EncodedFrames first)
    {
        ValueTask sending;
        try
        {
            sending = link.SendAsync(first.Message);
        }
        catch (IOException)
        {
            Lost();
            return;
        }

        if (sending.IsCompletedSuccessfully)
        {
            SentBytes += first.Length;
            if (!TryFinish())
            {
                _ = PumpAsync(default, 0);
            }
        }
        else
        {
            _ = PumpAsync(sending, first.Length);
        }
    }

    private async Task PumpAsync(ValueTask pending, int bytes)
    {
        try
        {
            await pending.ConfigureAwait(false);
            SentBytes += bytes;
            while (!TryFinish())
            {
                var share = Gather(out var drained);
                bytes = share.Length;
                await share.SendAsync(link).ConfigureAwait(false);
                SentBytes += bytes;
                if (drained)
                {
                    owner.OnRoom();
                }
            }
        }
        catch (IOException)
        {
            Lost();
        }
        catch (Exception failure)
        {
            Lost();
            owner.OnSendFailed(failure);
        }
    }

    /// <summary>Goes idle when nothing waits; closes the link when that was the last frame.</summary>
    private bool TryFinish()
    {
        (CloseCode Code, string Reason) closing;
        lock (_lock)
        {
            if (_queue is { Count: > 0 } && !_closed)
            {
                return false;
            }

            if (_closing is null || _closed)
            {
                _sending = false;
                _queue = null;
                return true;
            }

            closing = _closing.Value;
            _closed = true;
        }

        owner.OnFlushed(closing.Code, closing.Reason);
        return true;
    }

    private Share Gather(out bool drained)
    {
        var share = new Share();
        lock (_lock)
        {
            while (_queue is { Count: > 0 } queue && (share.IsEmpty || share.Length + queue.Peek().Length <= ShareBytes))
            {
                var item = queue.Dequeue();
                _waiting.Release(item.Length);
                share.Add(item);
            }

            drained = _starved && _waiting.Used <= budget / 2;
            _starved &= !drained;
        }

        return share;
    }

    private void Lost()
    {
        Drop();
        link.Abort();
    }

}
