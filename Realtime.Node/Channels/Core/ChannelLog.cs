using Realtime.Cluster.Journal;
using Realtime.Messages.Ids;
using Realtime.Messages.Positions;
using Realtime.Node.Namespaces;

namespace Realtime.Node.Channels.Core;

/// <summary>
/// The committed part of a channel's log as its owner knows it: bounds, newest messages, sequence windows. Owned and changed by one
/// <see cref="ChannelMachine"/> only.
/// </summary>
public sealed class ChannelLog(NamespacePolicy space, ChannelPolicy policy)
{
    private readonly Dictionary<ProducerId, ProducerWindow> _producers = [];
    private readonly RecentMessages _recent = new();
    private readonly HistoryExtent _extent = new();
    private long _firstGiven = 1;

    public LogId Id { get; private set; }

    /// <summary>Goes with every append; null on a single node.</summary>
    public ShardFence? Fence { get; private set; }

    public Epoch Epoch { get; private set; }

    public long Head => _extent.Head;

    /// <summary>The first offset that readers get: what is past its age is not given out, whether or not it has been deleted.</summary>
    public long Tail => Math.Max(_extent.Tail, _firstGiven);

    /// <summary>The first offset that is there.</summary>
    public long KeptTail => _extent.Tail;

    public StreamPosition HeadPosition => new(Epoch, Head);

    public RecentMessages Recent => _recent;

    public bool IsEmpty => Head < Tail;

    /// <summary>Sequence numbers of somebody are remembered.</summary>
    public bool HasProducers => _producers.Count > 0;

    /// <summary>Time stamp of the newest message: later ones are never older, or a search by time would miss them.</summary>
    public long LastAt { get; private set; }

    public void Open(OpenLog log, ShardFence? fence)
    {
        Id = log.Log;
        Fence = fence;
        Epoch = log.Epoch;
        _extent.Open(log.Head, log.Tail, log.Bytes);
        _firstGiven = 1;
        _recent.Clear();
        _producers.Clear();
        foreach (var marks in log.Producers.GroupBy(mark => mark.Producer))
        {
            _producers.Add(marks.Key, ProducerWindow.Restore(marks.OrderBy(mark => mark.Count)));
        }
    }

    /// <summary>Takes over a log that lived in its predecessor's memory; a log in the store has none.</summary>
    public void Restore(ChannelState.LogState log)
    {
        Open(new OpenLog(default, log.Epoch, log.Tail - 1, log.Tail, 0, log.Producers), Fence);
        foreach (var message in log.Messages)
        {
            Add(message);
        }

        LastAt = Math.Max(LastAt, log.LastAt);
    }

    /// <summary>Bytes in one page of history at most.</summary>
    public int HistoryBytes => policy.HistoryBytes;

    /// <summary>All of it; null when the store has it, or when there is nothing to it.</summary>
    /// <param name="isHeard">Somebody stands on it: even of an empty log the epoch counts.</param>
    public ChannelState.LogState? Export(bool isHeard) =>
        space.Durability is Durability.Journal || (IsEmpty && !HasProducers && !(isHeard && space.KeepsLog)) ? null
        : new ChannelState.LogState(
            Epoch, Head, Tail, LastAt, IsEmpty ? [] : _recent.Slice(Tail, int.MaxValue, int.MaxValue),
            [.. _producers.Values.SelectMany(window => window.Marks)]);

    public SequenceVerdict Judge(ProducerId producer, long sequence, out long offset)
    {
        offset = 0;
        return _producers.TryGetValue(producer, out var window) ? window.Judge(sequence, out offset) : SequenceVerdict.New;
    }

    public long MarksOf(ProducerId producer) => _producers.TryGetValue(producer, out var window) ? window.Count : 0;

    public void Remember(ProducerMark mark)
    {
        if (!_producers.TryGetValue(mark.Producer, out var window))
        {
            _producers.Add(mark.Producer, window = new ProducerWindow());
        }

        window.Add(mark);
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

    /// <summary>The tail to write together with an append of this many messages and bytes.</summary>
    public long TailAfter(int count, long bytes) => _extent.TailWithin(space.History, count, bytes);

    public void Add(LogMessage message)
    {
        LastAt = Math.Max(LastAt, message.At);
        _extent.Add(message);
        _recent.Add(message);
        if (space.Durability is Durability.Journal)
        {
            _recent.Bound(policy.RecentMessages, policy.RecentBytes);
        }
    }

    /// <summary>Gives out nothing before an offset any more.</summary>
    public void Hide(long before) => _firstGiven = Math.Clamp(before, _firstGiven, Head + 1);

    /// <summary>Hides what is at hand and past its age. What only the store has is looked at when it is read.</summary>
    public void HideExpired(long now)
    {
        if (space.History.Age is not { } age || _recent.Count == 0)
        {
            return;
        }

        var oldest = now - (long)age.TotalMilliseconds;
        var first = Math.Max(Tail, _recent.First);
        var kept = first;
        while (_recent.Covers(kept) && _recent[kept].At < oldest)
        {
            kept++;
        }

        if (kept > first)
        {
            Hide(kept);
        }
    }

    public void TrimTo(long tail)
    {
        _extent.TrimTo(tail);
        _recent.TrimBefore(tail);
    }
}
