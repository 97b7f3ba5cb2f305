using Akka.Actor;
using Realtime.Messages.Channels;
using Realtime.Messages.Errors;
using Realtime.Messages.Ids;

namespace Realtime.Node.Events.Core;

/// <summary>
/// A node's way to one outbox, as a pure machine: reports of many entities go together, are sent again until the log has them, and bring numbers, so that one that was delayed on the way is not written behind what followed it.
/// </summary>
/// <remarks>What an entity gave and is not written when the entity stops is not sent again: its next owner may have said something else by then.</remarks>
/// <param name="producer">Of this lane alone, for the life of the process.</param>
internal sealed class OutboxLane(OutboxPartition partition, ProducerId producer)
{
    /// <summary>Reports at a time: fewer than the numbers that a log remembers of a producer.</summary>
    private const int Most = 128;

    private const int MostBytes = 128 * 1024;

    /// <summary>Milliseconds.</summary>
    private const long FirstPause = 1_000;

    private const long LongestPause = 30_000;

    /// <summary>Milliseconds: the log moves, or is full for a moment.</summary>
    private const long ShortPause = 100;

    private readonly Queue<IActorRef> _turns = new();
    private readonly Dictionary<IActorRef, ReportBatch> _queued = [];
    private readonly List<Item> _underWay = [];
    private long _pause = FirstPause;
    private bool _isRefused;
    private long _lastNumber;

    /// <summary>When <see cref="Tick"/> has something to do, milliseconds since 1970; null: nothing is under way.</summary>
    public long? Due { get; private set; }

    /// <summary>Batches that are not written.</summary>
    public int Waiting => _queued.Count + _underWay.Select(item => item.From).Distinct().Count();

    /// <summary>An entity has one batch at a time: the same again does nothing.</summary>
    public void Add(IActorRef from, ReportBatch batch, long now, List<LaneEffect> effects)
    {
        if (_underWay.Exists(item => item.From.Equals(from) && item.Batch.Tag == batch.Tag))
        {
            return;
        }

        if (!_queued.ContainsKey(from))
        {
            _turns.Enqueue(from);
        }

        _queued[from] = batch;
        SendNext(now, effects);
    }

    /// <summary>The entity has stopped.</summary>
    public void Forget(IActorRef from, long now, List<LaneEffect> effects)
    {
        _queued.Remove(from);
        _underWay.RemoveAll(item => item.From.Equals(from));
        SendNext(now, effects);
    }

    /// <summary>What the log says to the report with this number.</summary>
    public void OnReply(long number, ChannelReply reply, long now, List<LaneEffect> effects)
    {
        if (_underWay.Find(item => item.Number == number) is not { } item)
        {
            return; // Said before, or of an entity that has stopped.
        }

        switch (reply)
        {
            case ChannelReply.Published:
                _underWay.Remove(item);
                _pause = FirstPause;
                if (!_underWay.Exists(other => other.From.Equals(item.From)))
                {
                    effects.Add(new LaneEffect.Written(item.From, item.Batch.Tag));
                }

                SendNext(now, effects);
                break;
            case ChannelReply.Refused { Code: ErrorCode.SeqExpired }:
                // Nothing says whether it is written; twice does no harm.
                item.Number = ++_lastNumber;
                SendAgainAt(now + ShortPause);
                break;
            case ChannelReply.Refused refused:
                SendAgainAt(now + Math.Max(ShortPause, refused.RetryAfter ?? _pause));
                break;
            default:
                SendAgainAt(now + ShortPause);
                break;
        }
    }

    public void Tick(long now, List<LaneEffect> effects)
    {
        if (Due <= now)
        {
            _pause = Math.Min(_pause * 2, LongestPause);
            Send(now, effects);
        }
    }

    private void SendNext(long now, List<LaneEffect> effects)
    {
        if (_underWay.Count > 0)
        {
            return;
        }

        var bytes = 0;
        while (_turns.TryPeek(out var from))
        {
            if (!_queued.TryGetValue(from, out var batch))
            {
                _turns.Dequeue();
                continue;
            }

            bytes += batch.Reports.Sum(report => report.Size);
            if (_underWay.Count > 0 && (_underWay.Count + batch.Reports.Count > Most || bytes > MostBytes))
            {
                break;
            }

            _turns.Dequeue();
            _queued.Remove(from);
            _underWay.AddRange(batch.Reports.Select(report => new Item(from, batch, report) { Number = ++_lastNumber }));
        }

        _pause = FirstPause;
        Due = null;
        if (_underWay.Count > 0)
        {
            Send(now, effects);
        }
    }

    private void Send(long now, List<LaneEffect> effects)
    {
        (_isRefused, Due) = (false, now + _pause);
        var publishes = new List<ChannelRequest.Publish>(_underWay.Count);
        foreach (var item in _underWay)
        {
            publishes.Add(new ChannelRequest.Publish(partition.Log, TagOf(item.Number), item.Payload, default, null)
            {
                // One that the log refuses keeps back what follows it.
                Producer = producer, Sequence = item.Number, Predecessor = publishes is [.., var before] ? before.Sequence : null,
            });
        }

        effects.Add(new LaneEffect.Send(new ChannelRequest.PublishMany(partition.Log, publishes)));
    }

    /// <summary>Each of those that were sent together may be refused; the longest pause counts.</summary>
    private void SendAgainAt(long at) => (_isRefused, Due) = (true, _isRefused ? Math.Max(Due ?? at, at) : at);

    /// <summary>Tells the lanes of a node apart, which have one sender.</summary>
    private long TagOf(long number) => (number * OutboxPartition.Count) + partition.Number;

    /// <returns>The lane's partition and the report's number.</returns>
    public static (int Partition, long Number) OfTag(long tag) => ((int)(tag % OutboxPartition.Count), tag / OutboxPartition.Count);

    private sealed record Item(IActorRef From, ReportBatch Batch, EventReport Report)
    {
        public long Number { get; set; }

        public Messages.Positions.Payload Payload { get; } = Report.Write();
    }
}
