using Realtime.Messages.Ids;
using Realtime.Messages.Positions;
using Realtime.Node.Persistence;
using Realtime.Node.Persistence.Events;
using Realtime.Node.Persistence.Store;

namespace Realtime.Tests.Channels;

/// <summary>
/// A channel's log and the actor in front of it as the machine sees them: numbers appends, commits them, fails with known or unknown
/// outcomes, recovers, and answers reads.
/// </summary>
internal sealed class LogModel
{
    private readonly List<(long Number, JournalEvent.ChannelAppended Event)> _sent = [];
    private readonly List<(long Number, JournalEvent Event)> _rows = [];
    private long _lastNumber;

    /// <summary>Appends up to this one are answered.</summary>
    private long _answered;

    public Epoch Epoch { get; set; } = new(77);

    /// <summary>Every message that was ever committed, by offset − 1; a corrupt one is null.</summary>
    public List<LoggedMessage?> All { get; } = [];

    public long Head => All.Count;

    public long Tail { get; private set; } = 1;

    public bool IsUp { get; private set; }

    public IReadOnlyList<JournalEvent.ChannelAppended> Sent => [.. _sent.Select(sent => sent.Event)];

    public long Append(JournalEvent.ChannelAppended body)
    {
        IsUp.ShouldBeTrue("an append to a log that cannot be used");
        var expected = Head + _sent.Sum(sent => sent.Event.Messages.Count) + 1;
        if (body.Messages.Count > 0)
        {
            body.FirstOffset.ShouldBe(expected);
        }

        _sent.Add((++_lastNumber, body));
        return _lastNumber;
    }

    /// <summary>Commits the oldest append.</summary>
    public LogNews.Committed Commit()
    {
        var (number, body) = _sent[0];
        _sent.RemoveAt(0);
        Write(number, body);
        return new LogNews.Committed(number, _rows.Count);
    }

    /// <summary>The actor stops; of the appends under way the first ones are written all the same.</summary>
    public LogNews.Unavailable Fail(int written)
    {
        IsUp = false;
        foreach (var (number, body) in _sent.Take(written))
        {
            Write(number, body);
        }

        _sent.Clear();
        return new LogNews.Unavailable(TimeSpan.FromSeconds(1));
    }

    /// <summary>The actor stops for good; the first appends under way may be written.</summary>
    public LogNews.Unavailable Lose() => Fail(written: 1) with { Reason = StoreFailureKind.OutOfReach, IsFinal = true };

    /// <summary>The actor stops because there is no room: nothing of what is under way is written.</summary>
    public LogNews.Unavailable FailFull()
    {
        IsUp = false;
        _sent.Clear();
        _answered = _lastNumber;
        return new LogNews.Unavailable(TimeSpan.FromSeconds(1), StoreFailureKind.StorageFull, NothingWritten: true);
    }

    /// <summary>A whole recovery, of the first rows as a snapshot and the rest as events.</summary>
    public IReadOnlyList<LogNews> Recover(int snapshotAt = 0)
    {
        IsUp = true;
        var committed = Math.Max(_rows.Count > 0 ? _rows.Max(row => row.Number) : 0, _answered);
        return
        [
            new LogNews.RecoveryStarted(snapshotAt > 0 ? SnapshotOf(Math.Min(snapshotAt, _rows.Count)) : null),
            new LogNews.Replayed([.. _rows.Skip(snapshotAt).Select(row => new LoggedEvent(default, Epoch, row.Event))]),
            new LogNews.Recovered(Epoch, Head, Tail, _rows.Count, committed),
        ];
    }

    /// <summary>Another node wrote while this one could not.</summary>
    public void WriteForeign(params LoggedMessage[] messages) => Write(0, new JournalEvent.ChannelAppended(messages));

    /// <summary>The row of these offsets can no longer be read.</summary>
    public void Corrupt(long first, int count)
    {
        var at = _rows.FindIndex(row => row.Event is JournalEvent.ChannelAppended appended && appended.FirstOffset == first);
        _rows[at] = (_rows[at].Number, new JournalEvent.Corrupt("torn", first, count));
        for (var offset = first; offset < first + count; offset++)
        {
            All[(int)offset - 1] = null;
        }
    }

    public LogNews.PageRead Read(long tag, long from, int most, long mostBytes = long.MaxValue)
    {
        var messages = new List<LogMessage>();
        long bytes = 0;
        for (var offset = Math.Max(from, 1); offset <= Head && messages.Count < most && All[(int)offset - 1] is { } logged; offset++)
        {
            bytes += logged.Message.Size;
            if (messages.Count > 0 && bytes > mostBytes)
            {
                break;
            }

            messages.Add(logged.Message);
        }

        var next = from + messages.Count;
        var isHole = next <= Head && messages.Count < most && All[(int)next - 1] is null;
        var last = next;
        while (isHole && last < Head && All[(int)last] is null)
        {
            last++;
        }

        return new LogNews.PageRead(tag, messages, isHole ? (next, last) : null);
    }

    public LogNews.TimeFound Find(long tag, long at)
    {
        var before = Tail - 1;
        for (var offset = Tail; offset <= Head; offset++)
        {
            before = All[(int)offset - 1] is { } logged && logged.Message.At < at ? offset : before;
        }

        return new LogNews.TimeFound(tag, before);
    }

    private void Write(long number, JournalEvent.ChannelAppended body)
    {
        _rows.Add((number, body));
        All.AddRange(body.Messages);
        Tail = Math.Max(Tail, body.Tail ?? 1);
    }

    private ChannelSnapshot SnapshotOf(int rows)
    {
        var log = new Realtime.Node.Channels.Core.ChannelLog(
            new Realtime.Node.Namespaces.NamespacePolicy("chat"), new Realtime.Node.Channels.ChannelPolicy());
        log.Restore(null);
        foreach (var (_, body) in _rows.Take(rows))
        {
            log.Replay(body);
        }

        return new ChannelSnapshot(new Incarnation(1), 1, Epoch, log.Head, log.KeptTail, 0, [], log.Export(1000));
    }
}
