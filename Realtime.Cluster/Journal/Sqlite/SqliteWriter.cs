using Microsoft.Extensions.Logging;
using Realtime.Cluster.Kernel;

namespace Realtime.Cluster.Journal.Sqlite;

/// <summary>
/// The one thread that writes. It puts everything that waits into one transaction; the disk's own flush is the time in which the next
/// batch gathers, so nobody waits when nothing else is going on. Callers are told after the commit, each its own outcome.
/// </summary>
internal sealed partial class SqliteWriter : IAsyncDisposable
{
    /// <summary>Rows that cleaning looks at in one transaction, at least.</summary>
    private const int CleanRows = 512;

    private static readonly TimeSpan Tick = TimeSpan.FromSeconds(1);
    private static readonly StoreHealth Well = new(true, null);
    private readonly WriteQueue _queue;
    private readonly SqliteDatabase _database;
    private readonly WriteStatements _statements;
    private readonly Housekeeping _housekeeping;
    private readonly TimeProvider _time;
    private readonly TimeSpan _roundPeriod;
    private readonly SqliteStoreOptions _options;
    private readonly ILogger _logger;
    private readonly List<PendingWrite> _batch = [];
    private readonly WriteOutcome[] _outcomes;
    private readonly ITimer _timer;
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile StoreHealth _health = Well;
    private long _lastRound;
    private long? _lastFailure;
    private long? _cleaningFailed;
    private long _commits;

    public SqliteWriter(WriteQueue queue, SqliteDatabase database, SqliteStoreOptions options, TimeProvider time, ILogger logger)
    {
        _queue = queue;
        _database = database;
        _time = time;
        _logger = logger;
        _statements = new WriteStatements(database, time, options.BusyTimeout);
        _housekeeping = new Housekeeping(database, time, options.ProducerWindow);
        _outcomes = new WriteOutcome[options.BatchItems];
        _options = options;
        _roundPeriod = options.ProducerWindow / 10;
        _lastRound = time.GetTimestamp();
        _timer = time.CreateTimer(static queue => ((WriteQueue)queue!).Wake(), queue, Tick, Tick);
        new Thread(Run) { Name = "store writer", IsBackground = true }.Start();
    }

    public StoreHealth Health => _health;

    /// <summary>Batches that reached the disk.</summary>
    public long Commits => Interlocked.Read(ref _commits);

    /// <summary>After cleaning has failed it rests: otherwise it would spin, and every batch would be tried twice.</summary>
    private bool MayClean =>
        _housekeeping.HasWork && (_cleaningFailed is not { } at || _time.GetElapsedTime(at) >= Tick);

    /// <summary>Writes what waits, tells everybody, and ends.</summary>
    public async ValueTask DisposeAsync()
    {
        await _timer.DisposeAsync();
        _queue.Close();
        await _ended.Task;
    }

    private void Run()
    {
        while (_queue.Take(_batch, wait: !MayClean))
        {
            if (_batch.Count > 0)
            {
                var since = _time.GetTimestamp();
                Commit(0, _batch.Count);
                _options.Written?.Invoke(_time.GetElapsedTime(since), _outcomes.AsSpan(0, _batch.Count));
                Tell();
            }
            else
            {
                WhenIdle();
            }

            if (_options.Node is not null)
            {
                _queue.Rest();
            }

            if (_time.GetElapsedTime(_lastRound) >= _roundPeriod)
            {
                _lastRound = _time.GetTimestamp();
                _housekeeping.BeginRound(logs: _options.Node is not null);
            }
        }

        _database.Dispose();
        _ended.SetResult();
    }

    /// <summary>Writes a range of the batch. Where one write may be what fails the rest, the halves are tried apart.</summary>
    private void Commit(int from, int to)
    {
        var failure = Attempt(from, to, housekeeping: true);
        if (failure is { InHousekeeping: true })
        {
            Failed(failure, writes: 0);
            failure = Attempt(from, to, housekeeping: false);
        }

        if (failure is null)
        {
            return;
        }

        if (to - from > 1 && failure.MayBeOfOneWrite)
        {
            var middle = from + ((to - from) / 2);
            Commit(from, middle);
            Commit(middle, to);
            return;
        }

        Failed(failure, to - from);
        _outcomes.AsSpan(from, to - from).Fill(failure.Outcome);
    }

    /// <returns>Null when committed, with everybody's outcome set.</returns>
    private WriteFailure? Attempt(int from, int to, bool housekeeping)
    {
        var atHome = false;
        try
        {
            _statements.Begin();
            for (var i = from; i < to; i++)
            {
                var request = _batch[i].Request;
                _outcomes[i] = _statements.Apply(request);
                if (request is AppendRequest { Tail: not null } append)
                {
                    _housekeeping.Trimmed(append.Log);
                }
            }

            if (housekeeping && MayClean)
            {
                atHome = true;

                // Twice what this batch can have trimmed: with less, the rubbish would grow for as long as the load lasts.
                _housekeeping.Step(Math.Max(CleanRows, 2 * (to - from)));
            }
        }
        catch (Exception e)
        {
            return RollBack(WriteFailure.BeforeCommit(e, atHome));
        }

        try
        {
            _statements.Commit();
        }
        catch (SqliteFault fault)
        {
            return CommitFailed(fault);
        }

        _housekeeping.Committed();
        Interlocked.Increment(ref _commits);
        if (!_health.IsWell)
        {
            Recovered();
        }

        return null;
    }

    /// <summary>
    /// A commit that failed for want of room has not written its last frame and is void. After any other error the frames may be whole on
    /// the disk, and a crash now could bring them back: only a later commit, which overwrites them, makes sure that they are gone.
    /// </summary>
    private WriteFailure CommitFailed(SqliteFault fault)
    {
        var failure = RollBack(WriteFailure.BeforeCommit(fault, inHousekeeping: false));
        if (fault.IsFull || failure.Outcome == WriteOutcome.Unknown)
        {
            return failure;
        }

        try
        {
            _statements.Begin();
            _statements.Fence();
            _statements.Commit();
            return failure;
        }
        catch (SqliteFault)
        {
            return RollBack(WriteFailure.InCommit(fault));
        }
    }

    private WriteFailure RollBack(WriteFailure failure)
    {
        _housekeeping.RolledBack();
        try
        {
            _statements.Rollback();
            return failure;
        }
        catch (SqliteFault fault)
        {
            // Tried again before the next batch; until it has gone through, nothing is known for certain.
            return WriteFailure.InCommit(fault);
        }
    }

    /// <summary>Cleans; or, once a second while the store fails, finds out whether it still does.</summary>
    private void WhenIdle()
    {
        var clean = MayClean;
        if (!clean && _health.IsWell)
        {
            return;
        }

        try
        {
            _statements.Begin();
            if (clean)
            {
                _housekeeping.Step(CleanRows);
                _statements.Commit();
                _housekeeping.Committed();
            }
            else
            {
                _statements.Probe();
                _statements.Fence();
                _statements.Commit();
                Recovered();
            }
        }
        catch (SqliteFault fault)
        {
            Failed(RollBack(WriteFailure.BeforeCommit(fault, inHousekeeping: clean)), writes: 0);
        }
    }

    private void Tell()
    {
        _queue.Release(_batch);
        for (var i = 0; i < _batch.Count; i++)
        {
            var (request, receiver, _) = _batch[i];
            try
            {
                receiver.OnWritten(request, FaultPoints.Current.AckBeforeCommit ? WriteOutcome.Committed : _outcomes[i]);
            }
            catch (Exception e)
            {
                // A receiver's bug must not cost the other callers their answers.
                LogReceiverThrew(_logger, receiver.GetType().Name, e);
            }
        }

        _batch.Clear();
    }

    private void Failed(WriteFailure failure, int writes)
    {
        // Once a second: a full disk fails every write of every batch, and saying so thousands of times fills it further.
        if (_lastFailure is not { } at || _time.GetElapsedTime(at) >= Tick)
        {
            LogFailed(_logger, writes, failure.Outcome, failure.Cause);
        }

        _lastFailure = _time.GetTimestamp();
        if (failure.InHousekeeping)
        {
            _cleaningFailed = _lastFailure;
        }

        _health = new StoreHealth(false, $"the last write failed: {failure.Cause.Message}");
    }

    private void Recovered()
    {
        LogRecovered(_logger);
        _health = Well;
    }

    [LoggerMessage(2101, LogLevel.Error, "Store: {Writes} writes (0: cleaning) failed with outcome {Outcome}")]
    private static partial void LogFailed(ILogger logger, int writes, WriteOutcome outcome, Exception cause);

    [LoggerMessage(2102, LogLevel.Information, "Store: writes go through again")]
    private static partial void LogRecovered(ILogger logger);

    [LoggerMessage(2103, LogLevel.Error, "Store: {Receiver} threw on its outcome")]
    private static partial void LogReceiverThrew(ILogger logger, string receiver, Exception exception);
}
