using Realtime.Node.Persistence.Events;

namespace Realtime.Node.Persistence.Core;

/// <summary>Bounds of a channel's log and where its offsets stand in the journal: one entry per some events or bytes, never one per message.</summary>
public sealed class ChannelIndex(LogLimits limits)
{
    private readonly List<IndexEntry> _entries = [];
    private int _events;
    private long _bytes;
    private bool _isTailUnknown;
    private IndexEntry? _nextTail;

    /// <summary>Offset of the last message; 0 when there is none.</summary>
    public long Head { get; private set; }

    /// <summary>The first offset that is kept; head + 1 when none is.</summary>
    public long Tail { get; private set; } = 1;

    /// <summary>A row at the end cannot be read, nor how many offsets it took: the head may have been given out already.</summary>
    public bool IsHeadUnknown { get; private set; }

    /// <summary>There were messages, and none is kept.</summary>
    public bool IsEmptied => Head > 0 && Tail > Head;

    public IReadOnlyList<IndexEntry> Entries => _entries;

    public void Restore(ChannelSnapshot snapshot)
    {
        Head = snapshot.Head;
        Tail = snapshot.Tail;
        IsHeadUnknown = _isTailUnknown = snapshot.Fault is not null;
        _entries.Clear();
        _entries.AddRange(snapshot.Index);
        _events = 0;
        _bytes = 0;
    }

    public void Add(JournalEvent body, long sequenceNr)
    {
        switch (body)
        {
            case JournalEvent.ChannelAppended appended:
                AddMessages(appended, sequenceNr);
                TrimTo(appended.Tail ?? Tail);
                break;
            case JournalEvent.Opened:
                // The writer of a fence behind an unreadable row began a new epoch with it.
                IsHeadUnknown = false;
                break;
            case JournalEvent.Corrupt { FirstOffset: > 0, Count: { } count } corrupt:
                Head = Math.Max(Head, corrupt.FirstOffset + count - 1);
                break;
            case JournalEvent.Corrupt { Count: null }:
                IsHeadUnknown = true;
                break;
        }
    }

    /// <summary>The event to read from so that no message at or after an offset is missed; null when the index knows of none.</summary>
    public long? RowOf(long offset) => Before(entry => entry.Offset <= offset);

    /// <summary>The event to read from for the first message that is not older than an instant.</summary>
    public long? RowAt(long at) => Before(entry => entry.At < at);

    /// <summary>Rows up to this number hold nothing that is kept.</summary>
    public long RowsBeforeTail => IsEmptied ? long.MaxValue : RowOf(Tail) is { } row ? row - 1 : 0;

    /// <summary>The tail is about to move into this row: the index has entries that far apart only.</summary>
    public void Found(IndexEntry row) => _nextTail = row;

    private void AddMessages(JournalEvent.ChannelAppended appended, long sequenceNr)
    {
        if (appended.Messages.Count == 0)
        {
            return;
        }

        if (_isTailUnknown)
        {
            _isTailUnknown = false;
            Tail = appended.FirstOffset;
        }

        IsHeadUnknown = false;
        if (_entries.Count == 0 || _events >= limits.IndexEvents || _bytes >= limits.IndexBytes)
        {
            _entries.Add(new IndexEntry(appended.FirstOffset, sequenceNr, appended.Messages[0].Message.At));
            _events = 0;
            _bytes = 0;
        }

        _events++;
        _bytes += EventSizes.Of(appended);
        Head = Math.Max(Head, appended.Messages[^1].Message.Offset);
    }

    private void TrimTo(long tail)
    {
        Tail = Math.Clamp(tail, Tail, Math.Max(Tail, Head + 1));
        var passed = 0;
        while (passed + 1 < _entries.Count && _entries[passed + 1].Offset <= Tail)
        {
            passed++;
        }

        _entries.RemoveRange(0, passed);
        if (IsEmptied)
        {
            _entries.Clear();
        }
        else if (_nextTail is { } row && row.Offset <= Tail && _entries.Count > 0 && row.Offset > _entries[0].Offset)
        {
            _entries[0] = row;
        }
    }

    /// <summary>The last entry that a condition, true from the beginning up to somewhere, holds for; else the first one.</summary>
    private long? Before(Predicate<IndexEntry> holds)
    {
        if (_entries.Count == 0)
        {
            return null;
        }

        var (low, high) = (0, _entries.Count - 1);
        while (low < high)
        {
            var middle = (low + high + 1) / 2;
            (low, high) = holds(_entries[middle]) ? (middle, high) : (low, middle - 1);
        }

        return _entries[low].SequenceNr;
    }
}
