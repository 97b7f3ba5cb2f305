using Realtime.Messages.Errors;

namespace Realtime.Node.Feeds;

/// <summary>
/// What waits to be sent on one connection, bounded in bytes. Any thread may enqueue. The caller that finds the transport idle sends; the
/// others leave references to encoded frames, which then share one transport message: a send costs a system call and a copy does not.
/// An idle connection holds no queue and no task.
/// </summary>
/// <param name="budget">Bytes that may wait before content is refused.</param>
internal sealed class OutboundQueue(IFrameWriter writer, int budget, IOutboundListener listener)
{
    /// <summary>Most bytes that share one transport message.</summary>
    public const int SharedBytes = 48 * 1024;

    /// <summary>Control frames may exceed the budget by this factor before the reader counts as lost.</summary>
    public const int HardFactor = 4;

    /// <summary>A page of history or a part of a roster takes this share of the budget at most: others find room beside it.</summary>
    public const int AnswersInQueue = 4;

    private readonly Lock _lock = new();
    private Queue<EncodedFrames>? _queue;
    private List<IRoomListener>? _starved;
    private long _queued;
    private bool _sending;
    private bool _closed;
    private (CloseCode Code, string Reason)? _closing;

    /// <summary>Bytes of one large answer, or of one of its parts.</summary>
    public int AnswerBytes => budget / AnswersInQueue;

    /// <summary>Bytes that were handed to the transport; grows as long as the peer reads.</summary>
    public long SentBytes { get; private set; }

    /// <summary>Bytes that wait behind what is being sent.</summary>
    public long QueuedBytes
    {
        get
        {
            lock (_lock)
            {
                return _queued;
            }
        }
    }

    /// <summary>True while a send has not completed: a queue that stands still meanwhile is a stall.</summary>
    public bool IsSending => Volatile.Read(ref _sending);

    /// <summary>Whether there is room for more; if not, the listener is called once there is.</summary>
    public bool AwaitRoom(IRoomListener waiter)
    {
        lock (_lock)
        {
            var hasRoom = _closed || _queued <= budget / 2;
            if (!hasRoom)
            {
                Starve(waiter);
            }

            return hasRoom;
        }
    }

    /// <summary>Takes channel content if the budget allows; if not, the listener is called once there is room again.</summary>
    public bool TryEnqueue(EncodedFrames item, IRoomListener waiter) => TryEnqueue(item, budget, waiter);

    /// <summary>Takes a frame that must not be left out: an answer, a gap, a ping.</summary>
    /// <returns>False when the reader is so far behind that the connection should be closed.</returns>
    public bool EnqueueControl(EncodedFrames item) => TryEnqueue(item, (long)budget * HardFactor, null);

    /// <summary>Sends the goodbye after what is queued, then has the transport closed; nothing is taken any more.</summary>
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
                Enqueue(goodbye);
                return;
            }

            _sending = true;
        }

        Start(goodbye);
    }

    /// <summary>The transport is gone: releases everything.</summary>
    public void Drop()
    {
        lock (_lock)
        {
            _closed = true;
            _queue = null;
            _starved = null;
            _queued = 0;
        }
    }

    private bool TryEnqueue(EncodedFrames item, long limit, IRoomListener? waiter)
    {
        lock (_lock)
        {
            if (_closed || _closing is not null)
            {
                return true; // No client will read it: that is no reason to catch up or to close.
            }

            // One item always fits into an empty queue: otherwise a large one could never pass.
            if (_queued > 0 && _queued + item.Length > limit)
            {
                if (waiter is not null)
                {
                    Starve(waiter);
                }

                return false;
            }

            if (_sending)
            {
                Enqueue(item);
                return true;
            }

            _sending = true;
        }

        Start(item);
        return true;
    }

    private void Enqueue(EncodedFrames item)
    {
        (_queue ??= new Queue<EncodedFrames>(4)).Enqueue(item);
        _queued += item.Length;
    }

    private void Starve(IRoomListener waiter)
    {
        _starved ??= new List<IRoomListener>(1);
        if (!_starved.Contains(waiter))
        {
            _starved.Add(waiter);
        }
    }

    private void Start(EncodedFrames first)
    {
        ValueTask sending;
        try
        {
            sending = writer.SendAsync(first.Message);
        }
        catch (IOException)
        {
            Lose();
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
                var message = Gather(out var fed);
                if (message.IsEmpty)
                {
                    continue; // Dropped since the look at the queue.
                }

                bytes = message.Length;
                await message.SendAsync(writer).ConfigureAwait(false);
                SentBytes += bytes;
                fed?.ForEach(static waiter => waiter.OnRoom());
            }
        }
        catch (IOException)
        {
            Lose();
        }
        catch (Exception failure)
        {
            Lose();
            listener.OnSendFailed(failure);
        }
    }

    /// <summary>Goes idle when nothing waits; has the transport closed when that was the last frame.</summary>
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

        listener.OnFlushed(closing.Code, closing.Reason);
        return true;
    }

    /// <param name="fed">Those that waited for room and have it now.</param>
    private CombinedMessage Gather(out List<IRoomListener>? fed)
    {
        var message = new CombinedMessage();
        lock (_lock)
        {
            while (_queue is { Count: > 0 } queue && (message.IsEmpty || message.Length + queue.Peek().Length <= SharedBytes))
            {
                var item = queue.Dequeue();
                _queued -= item.Length;
                message.Add(item);
            }

            fed = _queued <= budget / 2 ? _starved : null;
            _starved = fed is null ? _starved : null;
        }

        return message;
    }

    private void Lose()
    {
        Drop();
        writer.Abort();
    }
}
