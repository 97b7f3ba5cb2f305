using Realtime.Messages.Channels;
using Realtime.Messages.Ids;
using Realtime.Messages.Positions;
using Realtime.Node.Namespaces;
using Realtime.Node.Persistence.Events;

namespace Realtime.Node.Channels.Core;

/// <summary>
/// The committed part of a channel's log: bounds, newest messages, sequence windows. A recovery builds a new one beside the one in use,
/// which it replaces as a whole.
/// </summary>
public sealed class ChannelLog(NamespacePolicy space, ChannelPolicy policy)
{
    private readonly Dictionary<ProducerId, ProducerWindow> _producers = [];
    private readonly HistoryExtent _extent = new();
    private long _firstGiven = 1;

    public Epoch Epoch { get; private set; }

    public long Head => _extent.Head;

    /// <summary>The first offset that readers get: what is past its age is not given out, whether or not it has been deleted.</summary>
    public long Tail => Math.Max(_extent.Tail, _firstGiven);

    /// <summary>The first offset that is there.</summary>
    public long KeptTail => _extent.Tail;

    public StreamPosition HeadPosition => new(Epoch, Head);

    public RecentMessages Recent { get; } = new();

    public bool IsEmpty => Head < Tail;

    public bool HasProducers => _producers.Count > 0;

    /// <summary>Time stamp of the newest message: later ones are never older, or a search by time would miss them.</summary>
    public long LastAt { get; private set; }

    /// <summary>Bytes in one page of history at most.</summary>
    public int HistoryBytes => policy.HistoryBytes;

    /// <summary>The offset before the first message that is not older; null: the log is not all in memory and has to be searched.</summary>
    public long? Before(long at) =>
        space.Durability is Durability.Journal ? null
        : Recent.Count == 0 ? Head
        : Recent.FirstSince(at) - 1;

    /// <summary>Begins an empty log that lives in memory.</summary>
    public void Begin(Epoch epoch) => Epoch = epoch;

    /// <summary>Goes on with a log that another owner had in memory.</summary>
    public void Begin(MemoryLog taken)
    {
        var bounds = taken.Bounds;
        Epoch = bounds.Epoch;
        LastAt = bounds.LastAt;
        _extent.Open(bounds.Tail - 1, bounds.Tail, 0);
        foreach (var message in taken.Messages)
        {
            _extent.Add(message);
            Recent.Add(message);
        }

        foreach (var marks in taken.Producers)
        {
            _producers[marks.Producer] = ProducerWindow.Restore(marks);
        }
    }

    /// <summary>All of a log that lives in memory, for its next owner.</summary>
    public MemoryLog Keep() => new(
        new KeptBounds(Epoch, Head, KeptTail, LastAt, _producers.Count),
        [.. _producers.Select(entry => entry.Value.Export(entry.Key))],
        Recent.Count == 0 ? [] : Recent.Slice(KeptTail, int.MaxValue, int.MaxValue));

    /// <summary>The recovery of a durable log begins.</summary>
    public void Restore(ChannelSnapshot? snapshot)
    {
        if (snapshot is null)
        {
            return;
        }

        _extent.Open(snapshot.Head, snapshot.Tail, snapshot.State.Bytes);
        LastAt = snapshot.State.LastAt;
        foreach (var marks in snapshot.State.Producers)
        {
            _producers[marks.Producer] = ProducerWindow.Restore(marks);
        }
    }

    /// <summary>Takes an event behind the snapshot.</summary>
    public void Replay(JournalEvent body)
    {
        switch (body)
        {
            case JournalEvent.ChannelAppended appended:
                if (Head == 0 && appended.FirstOffset > 1)
                {
                    // What is before was deleted, and the snapshot that said so cannot be read.
                    _extent.Open(appended.FirstOffset - 1, appended.FirstOffset, 0);
                }

                Add(appended);
                break;
            case JournalEvent.Corrupt { FirstOffset: > 0, Count: > 0 and var count, FirstOffset: var first }:
                Skip(first + count - 1);
                break;
            default:
                break;
        }
    }

    /// <summary>The recovery is complete: these are the bounds.</summary>
    public void Complete(Epoch epoch, long head, long tail)
    {
        Epoch = epoch;
        if (head > Head)
        {
            Skip(head);
        }

        TrimTo(tail);
    }

    public SequenceVerdict Judge(ProducerId producer, long sequence, out long offset)
    {
        offset = 0;
        return _producers.TryGetValue(producer, out var window) ? window.Judge(sequence, out offset) : SequenceVerdict.New;
    }

    /// <summary>Lets go of producers that have been silent for longer than the window.</summary>
    public void ForgetProducers(long now)
    {
        var cutoff = now - (long)policy.SequenceWindow.TotalMilliseconds;
        foreach (var (producer, window) in _producers)
        {
            if (window.LastAt < cutoff)
            {
                _producers.Remove(producer);
            }
        }
    }

    /// <summary>The channel's part of a snapshot. Of more marks than the cap only the highest numbers are kept, which makes repeats expire.</summary>
    public ChannelState Export(int mostMarks) =>
        new(_extent.Bytes, LastAt, ProducerMarks.Capped(_producers.Select(entry => entry.Value.Export(entry.Key)), mostMarks));

    /// <summary>The tail that the limits by count and bytes ask for once so much is added.</summary>
    public long TailAfter(int count, long bytes) => _extent.TailWithin(space.History, count, bytes);

    /// <summary>Takes a committed event.</summary>
    public void Add(JournalEvent.ChannelAppended appended)
    {
        if (appended.Tail is { } tail)
        {
            TrimTo(Math.Min(tail, Head + 1));
        }

        foreach (var logged in appended.Messages)
        {
            Add(logged);
        }

        if (appended.Tail is { } moved)
        {
            TrimTo(moved);
        }
    }

    public void Add(LoggedMessage logged)
    {
        var message = logged.Message;
        LastAt = Math.Max(LastAt, message.At);
        Remember(logged);
        if (Recent.Count > 0 && message.Offset != Recent.Last + 1)
        {
            Recent.Clear();
        }

        _extent.Add(message);
        Recent.Add(message);
        if (space.Durability is Durability.Journal)
        {
            Recent.Bound(policy.RecentMessages, policy.RecentBytes);
        }
    }

    /// <summary>Remembers the sequence number of a message, which may be on no log.</summary>
    public void Remember(LoggedMessage logged)
    {
        if (logged is { Producer: { } producer, Sequence: { } sequence })
        {
            if (!_producers.TryGetValue(producer, out var window))
            {
                _producers.Add(producer, window = new ProducerWindow());
            }

            window.Add(sequence, logged.Message.Offset, logged.Message.At);
        }
    }

    /// <summary>Gives out nothing before an offset any more.</summary>
    public void Hide(long before) => _firstGiven = Math.Clamp(before, _firstGiven, Math.Max(_firstGiven, Head + 1));

    /// <summary>Hides what is at hand and past its age. What only the store has is looked at when it is read.</summary>
    public void HideExpired(long now)
    {
        if (OldestGiven(now) is not { } oldest || Recent.Count == 0)
        {
            return;
        }

        var kept = Math.Max(Tail, Recent.FirstSince(oldest));

        // Only when all before it is at hand or hidden already: older messages in the store are older still.
        if (kept > Recent.First)
        {
            Hide(kept);
        }
    }

    /// <summary>What is older than this is past its age; null: there is no limit by age.</summary>
    public long? OldestGiven(long now) => space.History.Age is { } age ? now - (long)age.TotalMilliseconds : null;

    public void TrimTo(long tail)
    {
        _extent.TrimTo(tail);
        Recent.TrimBefore(tail);
    }

    /// <summary>Messages up to this offset cannot be read; they count as empty ones.</summary>
    private void Skip(long last)
    {
        _extent.Add(new LogMessage(last, default, LastAt));
        Recent.Clear();
    }
}
