using Realtime.Messages.Ids;
using Realtime.Messages.Persisted.Events;
using Realtime.Messages.Positions;
using Realtime.Node.Persistence;
using Realtime.Node.Persistence.Core;
using Realtime.Node.Persistence.Events;

namespace Realtime.Tests.Persistence;

/// <summary>
/// One log's rows, and entities of several nodes that all believe they own it. Writes can fail, lose their answer, or time out and arrive
/// later; only the number of a row is unique, as in a real store. What was ever written is kept aside, deleted or not.
/// </summary>
internal sealed class LogWorld(LogKind kind, LogLimits limits)
{
    private readonly SortedDictionary<long, LoggedEvent> _rows = [];
    private readonly List<(long SequenceNr, LoggedEvent Event)> _limbo = [];
    private ulong _instances;

    public LogKind Kind => kind;

    public LogLimits Limits => limits;

    public SortedDictionary<long, LoggedEvent> Written { get; } = [];

    public (long SequenceNr, ChannelSnapshot Snapshot)? Snapshot { get; private set; }

    public ulong Store { get; set; } = 1;

    public IReadOnlyDictionary<long, LoggedEvent> Rows => _rows;

    public int Limbo => _limbo.Count;

    public long Highest => Written.Count == 0 ? 0 : Written.Keys.Max();

    public ulong NextInstance() => ++_instances;

    public bool TryWrite(long sequenceNr, LoggedEvent logged)
    {
        if (!Written.TryAdd(sequenceNr, logged))
        {
            return false;
        }

        _rows.Add(sequenceNr, logged);
        return true;
    }

    public void Delay(long sequenceNr, LoggedEvent logged) => _limbo.Add((sequenceNr, logged));

    /// <summary>A write whose caller gave up long ago arrives.</summary>
    public void Arrive(int index)
    {
        var (sequenceNr, logged) = _limbo[index % _limbo.Count];
        _limbo.RemoveAt(index % _limbo.Count);
        TryWrite(sequenceNr, logged);
    }

    public void Delete(long through)
    {
        foreach (var row in _rows.Keys.Where(row => row <= through).ToList())
        {
            _rows.Remove(row);
        }
    }

    /// <summary>A row's deletion was lost.</summary>
    public void Restore(long row) => _rows.Add(row, Written[row]);

    public void Save(long sequenceNr, ChannelSnapshot snapshot)
    {
        if (Snapshot is null || sequenceNr >= Snapshot.Value.SequenceNr)
        {
            Snapshot = (sequenceNr, snapshot);
        }
    }

    /// <summary>What stands in the log must be one history: contiguous offsets, each append once and in order, owners that changed only by a fence.</summary>
    public void Check()
    {
        long head = 0;
        var owner = default(Incarnation);
        var appends = new Dictionary<ulong, long>();
        foreach (var (row, logged) in Written)
        {
            if (!owner.IsNone && logged.Origin.Writer != owner)
            {
                logged.Body.ShouldBeOfType<JournalEvent.Opened>($"row {row} is of {logged.Origin.Writer}, the log belonged to {owner}");
            }

            owner = logged.Origin.Writer;
            if (logged.Origin.Appends > 0)
            {
                logged.Origin.FirstAppend.ShouldBeGreaterThan(appends.GetValueOrDefault(logged.Origin.Instance), $"appends in row {row} are out of order");
                appends[logged.Origin.Instance] = logged.Origin.LastAppend;
            }

            if (logged.Body is JournalEvent.ChannelAppended appended)
            {
                foreach (var message in appended.Messages)
                {
                    message.Message.Offset.ShouldBe(++head, $"offset in row {row}");
                }
            }
        }
    }

    public bool Holds(ulong instance, long append) => Written.Values.Any(logged =>
        logged.Origin.Instance == instance && logged.Origin.FirstAppend <= append && append <= logged.Origin.LastAppend);

    /// <summary>A body that names its append: the message's payload or the record's attempt.</summary>
    public JournalEvent Body(ulong instance, long number, long offset, long? tail = null) => kind is LogKind.Session
        ? new JournalEvent.SessionSaved(new SessionRecord { Attempt = number, Ordinal = (long)instance })
        : new JournalEvent.ChannelAppended(
            [new LoggedMessage(new LogMessage(offset, new Payload(BitConverter.GetBytes((instance * 1_000) + (ulong)number)), number))], tail);
}
