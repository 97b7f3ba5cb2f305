using Akka.Actor;
using Microsoft.Data.Sqlite;
using Realtime.Node.Persistence.Events;
using Realtime.Node.Persistence.Serialization;
using SQLitePCL;

namespace Realtime.Tests.Persistence;

/// <summary>The rows behind <see cref="StageJournal"/>, and what the test wants to become of the next writes and recoveries.</summary>
internal sealed class StageStore : IExtension
{
    private readonly Lock _lock = new();
    private readonly SortedDictionary<long, byte[]> _rows = [];
    private readonly Queue<Fate> _fates = new();
    private readonly List<(long SequenceNr, byte[] Bytes)> _late = [];
    private TaskCompletionSource? _held;
    private TaskCompletionSource _holding = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _failingRecoveries;
    private long _highest;

    public enum Fate
    {
        Commit,

        /// <summary>Nothing is written, and the writer is told so.</summary>
        Fail,

        /// <summary>There is no room.</summary>
        Full,
        Reject,

        /// <summary>Written, but the writer hears of a failure.</summary>
        LoseAnswer,

        /// <summary>The writer hears of a failure; the row is written when the test says so.</summary>
        ArriveLate,

        /// <summary>Waits until the test says so, then is written.</summary>
        Hold,
    }

    public static StageStore Of(ActorSystem system) => system.WithExtension<StageStore, Provider>();

    public List<LoggedEvent> Events
    {
        get
        {
            lock (_lock)
            {
                return [.. _rows.Values.Select(EventCodec.Read)];
            }
        }
    }

    public IReadOnlyList<long> Numbers
    {
        get
        {
            lock (_lock)
            {
                return [.. _rows.Keys];
            }
        }
    }

    /// <summary>Ends when a write is held.</summary>
    public Task Holding => _holding.Task;

    public void Next(params Fate[] fates)
    {
        lock (_lock)
        {
            Array.ForEach(fates, _fates.Enqueue);
        }
    }

    public void FailRecoveries(int count) => Interlocked.Exchange(ref _failingRecoveries, count);

    public void Release() => _held!.SetResult();

    public void Arrive()
    {
        lock (_lock)
        {
            foreach (var (number, bytes) in _late)
            {
                _rows.TryAdd(number, bytes);
                _highest = Math.Max(_highest, number);
            }
        }
    }

    public void Put(long number, byte[] bytes)
    {
        lock (_lock)
        {
            _rows[number] = bytes;
            _highest = Math.Max(_highest, number);
        }
    }

    public void Put(long number, LoggedEvent logged) => Put(number, EventCodec.Write(logged));

    public async Task<Exception?> WriteAsync(long number, byte[] bytes)
    {
        Fate fate;
        lock (_lock)
        {
            fate = _fates.TryDequeue(out var wanted) ? wanted : Fate.Commit;
        }

        switch (fate)
        {
            case Fate.Reject:
                return new InvalidOperationException("rejected by the test");
            case Fate.Fail:
                throw new IOException("failed by the test");
            case Fate.Full:
                throw new SqliteException("full by the test", raw.SQLITE_FULL);
            case Fate.ArriveLate:
                _late.Add((number, bytes));
                throw new TimeoutException("timed out by the test");
            case Fate.Hold:
                _held = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                _holding.SetResult();
                await _held.Task;
                _holding = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                break;
        }

        lock (_lock)
        {
            if (number <= _highest && !_rows.TryAdd(number, bytes))
            {
                throw new InvalidOperationException($"number {number} is taken");
            }

            _rows[number] = bytes;
            _highest = Math.Max(_highest, number);
        }

        return fate is Fate.LoseAnswer ? throw new IOException("answer lost by the test") : null;
    }

    public IReadOnlyList<(long Number, byte[] Bytes)> Read(long from, long to, long max)
    {
        lock (_lock)
        {
            return [.. _rows.Where(row => row.Key >= from && row.Key <= to).Take((int)Math.Min(max, int.MaxValue)).Select(row => (row.Key, row.Value))];
        }
    }

    public long Highest() => Interlocked.Decrement(ref _failingRecoveries) >= 0 ? throw new IOException("recovery failed by the test") : _highest;

    public void Delete(long to)
    {
        lock (_lock)
        {
            foreach (var number in _rows.Keys.Where(number => number <= to).ToList())
            {
                _rows.Remove(number);
            }
        }
    }

    public sealed class Provider : ExtensionIdProvider<StageStore>
    {
        public override StageStore CreateExtension(ExtendedActorSystem system) => new();
    }
}
