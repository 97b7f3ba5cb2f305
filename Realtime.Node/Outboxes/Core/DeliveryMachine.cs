using Realtime.Messages.Positions;
using Realtime.Node.Events;

namespace Realtime.Node.Outboxes.Core;

/// <summary>
/// What one target is given of one outbox, and when: reports in, events out, under each order key one after the other, keys beside each other. An event that fails waits with those behind it; others go on. Beyond a number of
/// tries, or an age, it is a dead letter and its key goes on.
/// </summary>
internal sealed class DeliveryMachine
{
    private readonly DeliveryPolicy _policy;
    private readonly OutboxPartition _partition;
    private readonly Func<ApplicationEvent, bool> _wants;
    private readonly EventFold _fold;
    private readonly Dictionary<string, OrderQueue> _keys = new(StringComparer.Ordinal);
    private readonly Dictionary<string, OrderQueue> _pending = new(StringComparer.Ordinal);
    private readonly Queue<OrderQueue> _ready = [];
    private readonly PriorityQueue<OrderQueue, long> _later = new();
    private readonly Place _resumed;
    private readonly HashSet<string> _resumedWaiting;
    private StreamPosition _read;
    private int _underWay;
    private long _bytes;
    private int _reports;
    private int _places;
    private long? _checkpointBy;
    private bool _isNew = true;

    /// <param name="from">Null: from the beginning of the log.</param>
    /// <param name="place">The last one that was written.</param>
    public DeliveryMachine(DeliveryPolicy policy, OutboxPartition partition, Func<ApplicationEvent, bool> wants, Checkpoint? from, Place place)
    {
        (_policy, _partition, _wants, _resumed) = (policy, partition, wants, place);
        _resumedWaiting = [.. place.Waiting];
        _fold = EventFold.Restore(from?.Stand ?? []);
        _read = from?.Read ?? default;
        foreach (var happened in (from?.Pending ?? []).Where(happened => _resumedWaiting.Contains(happened.Id)))
        {
            Enqueue(happened);
        }
    }

    public EventFold Fold => _fold;

    public StreamPosition Read => _read;

    public bool HasRoom => _pending.Count < _policy.Pending && _bytes < _policy.PendingBytes;

    /// <summary>Whether something has changed that a place would say.</summary>
    public bool IsNew => _isNew && !IsResuming;

    public int Pending => _pending.Count;

    /// <summary>When the oldest event that is not settled happened, milliseconds since 1970; null: all are.</summary>
    public long? Oldest
    {
        get
        {
            long? oldest = null;
            foreach (var queue in _keys.Values)
            {
                oldest = Math.Min(oldest ?? long.MaxValue, queue.First.At);
            }

            return oldest;
        }
    }

    /// <summary>When a <see cref="DeliveryInput.Tick"/> is due.</summary>
    public long? Due
    {
        get
        {
            long? retry = _later.TryPeek(out _, out var due) ? due : null;
            return _reports > 0 && !_isNew && _checkpointBy is { } by ? Math.Min(by, retry ?? long.MaxValue) : retry;
        }
    }

    /// <summary>What is read was read before, by a predecessor whose place stands further on.</summary>
    public bool IsResuming => IsBefore(_read, _resumed.Read);

    public void Step(DeliveryInput input, long now, List<DeliveryEffect> effects)
    {
        switch (input)
        {
            case DeliveryInput.Read read:
                OnRead(read.Page, effects);
                break;
            case DeliveryInput.Tried tried:
                OnTried(tried, now);
                break;
            case DeliveryInput.Buried buried:
                OnBuried(buried, now);
                break;
            case DeliveryInput.Tick:
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(input), input, "is not known");
        }

        // An outbox that is quiet for long is trimmed all the same: what a successor would have to read again must not be older than that.
        _checkpointBy ??= now + (long)_policy.CheckpointEvery.TotalMilliseconds;
        _isNew |= _reports > 0 && now >= _checkpointBy;
        while (_later.TryPeek(out var queue, out var due) && due <= now)
        {
            _later.Dequeue();
            _ready.Enqueue(queue);
        }

        Begin(now, effects);
    }

    /// <summary>What is to be written now. Nothing of it is said again until something changes.</summary>
    public PlaceMark Mark(long now)
    {
        _isNew = false;
        var isDue = _reports >= _policy.CheckpointReports || ++_places >= _policy.CheckpointPlaces || now >= _checkpointBy;
        if (isDue)
        {
            (_reports, _places, _checkpointBy) = (0, 0, now + (long)_policy.CheckpointEvery.TotalMilliseconds);
        }

        return new PlaceMark(
            new Place(_read, [.. _pending.Keys.Order(StringComparer.Ordinal)], _resumed.Since),
            isDue ? new Checkpoint(_read, [.. _fold.Save()], [.. _keys.Values.SelectMany(queue => queue.All)]) : null);
    }

    private void OnRead(OutboxPage page, List<DeliveryEffect> effects)
    {
        if (page.IsBroken)
        {
            effects.Add(new DeliveryEffect.Missed());
        }

        foreach (var message in page.Messages)
        {
            var at = new StreamPosition(page.Epoch, message.Offset);
            var wasSettled = at == _resumed.Read || IsBefore(at, _resumed.Read);
            _reports++;
            if (EventReport.Read(message.Payload) is { } report
                && _fold.Take(_partition, at, message.At, report) is { } happened
                && happened.At >= _resumed.Since
                && (!wasSettled || _resumedWaiting.Contains(happened.Id))
                && !_pending.ContainsKey(happened.Id)
                && _wants(happened))
            {
                Enqueue(happened);
            }
        }

        _isNew |= _read != page.Through;
        _read = page.Through;
    }

    private void Enqueue(ApplicationEvent happened)
    {
        if (!_keys.TryGetValue(happened.OrderKey, out var queue))
        {
            _keys.Add(happened.OrderKey, queue = new OrderQueue(happened.OrderKey));
        }

        queue.Add(happened);
        _pending.Add(happened.Id, queue);
        _bytes += happened.Data?.Length ?? 0;
        if (queue.Count == 1)
        {
            _ready.Enqueue(queue);
        }
    }

    private void Begin(long now, List<DeliveryEffect> effects)
    {
        while (_underWay < _policy.Concurrency && _ready.TryDequeue(out var queue))
        {
            _underWay++;
            queue.Begin(now);
            effects.Add(queue.Verdict is { } why ? new DeliveryEffect.Bury(queue.First, why, queue.Tries) : new DeliveryEffect.Deliver(queue.First));
        }
    }

    private void OnTried(DeliveryInput.Tried tried, long now)
    {
        var queue = _pending[tried.Id];
        _underWay--;
        switch (tried.Outcome)
        {
            case EventOutcome.Delivered:
                Settle(queue);
                break;
            case EventOutcome.Refused refused:
                queue.CountTry();
                queue.Verdict = refused.Why;
                _ready.Enqueue(queue);
                break;
            case EventOutcome.Failed failed:
                queue.CountTry();
                TryAgain(queue, failed.Why, Longer(failed.After, Pause(queue.Tries)), now);
                break;
            case EventOutcome.Held held:
                TryAgain(queue, held.Why, Longer(held.After, _policy.FirstRetry), now);
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(tried), tried.Outcome, "is not known");
        }
    }

    private void OnBuried(DeliveryInput.Buried buried, long now)
    {
        var queue = _pending[buried.Id];
        _underWay--;
        if (buried.IsWritten)
        {
            Settle(queue);
        }
        else
        {
            Wait(queue, _policy.FirstRetry, now);
        }
    }

    private void TryAgain(OrderQueue queue, string why, TimeSpan pause, long now)
    {
        if (queue.Tries >= _policy.Attempts || now - queue.Begun >= _policy.MaxAge.TotalMilliseconds)
        {
            queue.Verdict = why;
            _ready.Enqueue(queue);
        }
        else
        {
            Wait(queue, pause, now);
        }
    }

    private void Wait(OrderQueue queue, TimeSpan pause, long now) => _later.Enqueue(queue, now + (long)pause.TotalMilliseconds);

    private void Settle(OrderQueue queue)
    {
        var settled = queue.Settle();
        _pending.Remove(settled.Id);
        _bytes -= settled.Data?.Length ?? 0;
        _isNew = true;
        if (queue.Count > 0)
        {
            _ready.Enqueue(queue);
        }
        else
        {
            _keys.Remove(queue.Key);
        }
    }

    private TimeSpan Pause(int tries)
    {
        var doubled = _policy.FirstRetry * Math.Pow(2, Math.Min(tries - 1, 30));
        return doubled < _policy.LongestRetry ? doubled : _policy.LongestRetry;
    }

    /// <summary>A target may ask for a longer pause, and not for one without an end.</summary>
    private TimeSpan Longer(TimeSpan? wanted, TimeSpan own) => wanted is { } longer && longer > own ? longer < _policy.LongestRetry ? longer : _policy.LongestRetry : own;

    /// <summary>Of two epochs nothing is before the other: what is read there is new.</summary>
    private static bool IsBefore(StreamPosition one, StreamPosition other) => one.Epoch == other.Epoch ? one.Offset < other.Offset : one.IsNone && !other.IsNone;
}
