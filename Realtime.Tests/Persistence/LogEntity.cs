using Realtime.Messages.Ids;
using Realtime.Messages.Positions;
using Realtime.Node.Persistence;
using Realtime.Node.Persistence.Core;
using Realtime.Node.Persistence.Events;
using Realtime.Node.Persistence.Store;

namespace Realtime.Tests.Persistence;

/// <summary>
/// An entity with its log's actor, without Akka: what <see cref="EventLogChild"/> and <see cref="EventLog"/> do with
/// <see cref="EventLogMachine"/>, one step at a time. Checks each answer against what the world holds.
/// </summary>
internal sealed class LogEntity(LogWorld world, Incarnation writer)
{
    private readonly List<LogEffect> _effects = [];
    private readonly HashSet<long> _committed = [];
    private readonly HashSet<long> _notWritten = [];
    private LogTenure _tenure = new(world.NextInstance());
    private EventLogMachine? _machine;
    private LoggedEvent? _write;
    private List<LoggedEvent>? _replayed;
    private ChannelSnapshot? _snapshot;

    public List<LogMessage> Messages { get; private set; } = [];

    public long Tail { get; private set; } = 1;

    public long? Record { get; private set; }

    public Epoch Epoch { get; private set; }

    public bool HoldsLease { get; set; } = true;

    public bool IsFenced { get; private set; }

    public bool IsUsable { get; private set; }

    public bool IsRunning => _machine is not null;

    public bool IsWriting => _write is not null;

    public ulong Instance => _tenure.Instance;

    public IReadOnlyCollection<long> Committed => _committed;

    public IReadOnlyCollection<long> NotWritten => _notWritten;

    public EventLogMachine? Machine => _machine;

    private long Head => Messages.Count == 0 ? Tail - 1 : Messages[^1].Offset;

    private long _sentHead;

    /// <summary>Writes as many events, one after the other.</summary>
    public LogEntity Write(int appends)
    {
        for (var i = 0; i < appends; i++)
        {
            Append();
            Commit();
        }

        Committed.Count.ShouldBe(appends);
        return this;
    }

    /// <summary>Commits until nothing is under way.</summary>
    public void Drain()
    {
        while (IsWriting)
        {
            Commit();
        }
    }

    public void Start()
    {
        if (_machine is not null || IsFenced)
        {
            return;
        }

        _machine = new EventLogMachine(
            new LogIdentity("log", world.Kind, writer, new Epoch(1_000 + (world.NextInstance() * 7))), _tenure, world.Limits);
        long from = 0;
        if (world.Snapshot is { } snapshot && world.Kind is LogKind.Channel)
        {
            from = snapshot.SequenceNr;
            Step(new LogInput.SnapshotOffered(snapshot.Snapshot, from));
        }

        foreach (var (row, logged) in world.Rows.Where(row => row.Key > from).ToList())
        {
            Step(new LogInput.EventReplayed(logged, row));
        }

        Step(new LogInput.ReplayFinished(Math.Max(world.Highest, from)));
    }

    public void Append(long? trimTo = null)
    {
        if (!IsUsable)
        {
            return;
        }

        var number = _tenure.SentThrough + 1;
        _tenure = _tenure.Sent(number);
        Step(new LogInput.AppendAsked(new LogRequest.Append(number, world.Body(_tenure.Instance, number, ++_sentHead, trimTo))));
    }

    /// <summary>Moves the tail without a message.</summary>
    public void Trim(long tail)
    {
        if (IsUsable)
        {
            var number = _tenure.SentThrough + 1;
            _tenure = _tenure.Sent(number);
            Step(new LogInput.AppendAsked(new LogRequest.Append(number, new JournalEvent.ChannelAppended([], tail))));
        }
    }

    /// <summary>A search for a new tail ended at this row.</summary>
    public void Found(long row)
    {
        var first = ((JournalEvent.ChannelAppended)world.Rows[row].Body).Messages[0].Message;
        Step(new LogInput.TailFound(new IndexEntry(first.Offset, row, first.At)));
    }

    /// <summary>The write under way reaches the store.</summary>
    public void Commit(bool answerIsLost = false)
    {
        if (_write is { } write)
        {
            var row = _machine!.SequenceNr + 1;
            _write = null;
            if (!world.TryWrite(row, write) || answerIsLost)
            {
                Die();
            }
            else
            {
                Step(new LogInput.Written(row));
            }
        }
    }

    /// <summary>The write under way fails, and never reaches the store.</summary>
    /// <param name="isCertain">The entity learns it with the failure; else it finds out by the next recovery.</param>
    public void Fail(bool isCertain = false)
    {
        if (isCertain && _write is not null && _machine!.KnowsEarlierOutcomes)
        {
            Hear(new LogNews.Unavailable(TimeSpan.Zero, StoreFailureKind.StorageFull, NothingWritten: true));
        }

        Die();
    }

    /// <summary>Its caller gives up on the write under way; it may arrive later.</summary>
    public void TimeOut()
    {
        if (_write is { } write)
        {
            world.Delay(_machine!.SequenceNr + 1, write);
        }

        Die();
    }

    public void Die()
    {
        _machine = null;
        _write = null;
        _replayed = null;
        IsUsable = false;
    }

    /// <summary>Every answer is still true.</summary>
    public void Check()
    {
        foreach (var number in _committed)
        {
            world.Holds(Instance, number).ShouldBeTrue($"append {number} of {Instance} was answered 'committed' and is not there");
        }

        foreach (var number in _notWritten)
        {
            world.Holds(Instance, number).ShouldBeFalse($"append {number} of {Instance} was answered 'not written' and is there");
        }
    }

    private void Step(LogInput input)
    {
        _effects.Clear();
        _machine!.Step(input, new LogStanding(HoldsLease, world.Store), _effects);
        foreach (var effect in _effects.ToList())
        {
            if (_machine is not null)
            {
                Do(effect);
            }
        }
    }

    private void Do(LogEffect effect)
    {
        switch (effect)
        {
            case LogEffect.Persist persist:
                _write.ShouldBeNull("only one write may be under way");
                _write = persist.Event;
                break;
            case LogEffect.Report report:
                Hear(report.News);
                break;
            case LogEffect.SaveSnapshot save:
                world.Save(save.SequenceNr, save.Snapshot);
                Step(new LogInput.SnapshotSaved(save.SequenceNr));
                break;
            case LogEffect.DeleteRows delete:
                if (_machine!.Index is { IsEmptied: false })
                {
                    delete.Through.ShouldBeLessThan(world.Highest, "the newest row stays");
                }

                if (world.Kind is LogKind.Channel)
                {
                    delete.Through.ShouldBeLessThanOrEqualTo(world.Snapshot!.Value.SequenceNr, "rows behind the snapshot stay");
                }

                world.Delete(delete.Through);
                Step(new LogInput.RowsDeleted(delete.Through));
                break;
            case LogEffect.Stop:
                Die();
                break;
        }
    }

    private void Hear(LogNews news)
    {
        var before = _tenure;
        _tenure = _tenure.After(news);
        switch (news)
        {
            case LogNews.RecoveryStarted started:
                _replayed = [];
                _snapshot = started.Snapshot;
                break;
            case LogNews.Replayed replayed:
                _replayed!.AddRange(replayed.Events);
                break;
            case LogNews.Recovered recovered:
                HoldsLease.ShouldBeTrue("nothing is answered without the lease");
                Answer(before, recovered.CommittedThrough, _committed);
                Answer(before with { AnsweredThrough = Math.Max(before.AnsweredThrough, recovered.CommittedThrough) }, before.SentThrough, _notWritten);
                Rebuild(recovered);
                IsUsable = true;
                break;
            case LogNews.Committed committed:
                HoldsLease.ShouldBeTrue("nothing is answered without the lease");
                Answer(before, committed.Through, _committed);
                Fold(world.Written[committed.SequenceNr]);
                break;
            case LogNews.Unavailable { NothingWritten: true }:
                Answer(before, before.SentThrough, _notWritten);
                break;
            case LogNews.SnapshotDue due:
                Step(new LogInput.SnapshotTaken(new LogRequest.TakeSnapshot(due.SequenceNr, new ChannelState(Head, due.SequenceNr, []))));
                break;
            case LogNews.Fenced:
                IsFenced = true;
                break;
        }
    }

    private static void Answer(LogTenure before, long through, HashSet<long> answers)
    {
        for (var number = before.AnsweredThrough + 1; number <= through; number++)
        {
            answers.Add(number).ShouldBeTrue($"append {number} is answered twice");
        }
    }

    private void Rebuild(LogNews.Recovered recovered)
    {
        // What a snapshot covers is read by pages; here it is taken from the rows that were ever written.
        Messages = _snapshot is null ? [] : [.. WrittenMessages().TakeWhile(message => message.Offset <= _snapshot.Head)];
        Tail = _snapshot?.Tail ?? 1;
        Record = null;
        foreach (var logged in _replayed!)
        {
            Fold(logged);
        }

        Epoch = recovered.Epoch;
        _sentHead = recovered.Head;
        if (world.Kind is LogKind.Channel)
        {
            recovered.Head.ShouldBe(Head, "the head is that of the recovered messages");
            recovered.Tail.ShouldBe(Tail);
            Messages.ShouldBe([.. WrittenMessages()], "the recovered messages are those that were written");
            _snapshot?.State.Bytes.ShouldBe(_snapshot.Head, "the entity's part of a snapshot is of the same instant as the log's");
        }
        else
        {
            var newest = world.Written.Values.Select(logged => logged.Body).OfType<JournalEvent.SessionSaved>().LastOrDefault();
            Record.ShouldBe(newest?.Record.Attempt, "the recovered record is the newest");
        }
    }

    private void Fold(LoggedEvent logged)
    {
        switch (logged.Body)
        {
            case JournalEvent.ChannelAppended appended:
                Messages.AddRange(appended.Messages.Select(message => message.Message));
                Tail = Math.Max(Tail, appended.Tail ?? 1);
                break;
            case JournalEvent.SessionSaved saved:
                Record = saved.Record.Attempt;
                break;
        }
    }

    private IEnumerable<LogMessage> WrittenMessages() => world.Written.Values
        .Select(logged => logged.Body).OfType<JournalEvent.ChannelAppended>().SelectMany(body => body.Messages).Select(message => message.Message);
}
