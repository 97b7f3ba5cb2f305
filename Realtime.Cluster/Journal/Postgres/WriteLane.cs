using Microsoft.Extensions.Logging;
using Npgsql;
using Realtime.Cluster.Kernel;

namespace Realtime.Cluster.Journal.Postgres;

/// <summary>
/// One thread with one connection. What gathers while a batch commits is the next batch: one statement, one round trip, one commit, an
/// outcome for each. When the answer is lost the lane connects again, which ends the batch if it is still on its way, and looks up what
/// became of it.
/// </summary>
internal sealed partial class WriteLane : IAsyncDisposable
{
    private static readonly TimeSpan Tick = TimeSpan.FromSeconds(1);
    private readonly Guid _lane;
    private readonly WriteQueue _queue;
    private readonly NpgsqlDataSource _source;
    private readonly PostgresStoreOptions _options;
    private readonly TimeProvider _time;
    private readonly Action<LogId> _trimmed;
    private readonly ILogger _logger;
    private readonly LaneHealth _health;
    private readonly Reconnecting _reconnecting;
    private readonly List<PendingWrite> _batch = [];
    private readonly WriteOutcome[] _outcomes;
    private readonly WriteBatch _arrays = new();
    private readonly ITimer _timer;
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private LaneConnection? _connection;
    private volatile bool _inDoubt;
    private long _number;
    private long _commits;

    public WriteLane(
        Guid lane, NpgsqlDataSource source, PostgresStoreOptions options, TimeProvider time, Action<LogId> trimmed, ILogger logger)
    {
        _lane = lane;
        _source = source;
        _options = options;
        _time = time;
        _trimmed = trimmed;
        _logger = logger;
        _queue = new WriteQueue(
            new WriteBounds(options.QueueItems / options.Lanes, options.QueueBytes / options.Lanes, options.BatchItems, options.BatchBytes));
        _outcomes = new WriteOutcome[options.BatchItems];
        _health = new LaneHealth(time, logger);
        _reconnecting = new Reconnecting(time, options.ReconnectPause);
        _timer = time.CreateTimer(static queue => ((WriteQueue)queue!).Wake(), _queue, Tick, Tick);
        new Thread(Run) { Name = "store lane", IsBackground = true }.Start();
    }

    public StoreHealth Health => _health.Now;

    public long Commits => Interlocked.Read(ref _commits);

    /// <summary>A batch was given up without knowing what became of it, and may still commit.</summary>
    public bool InDoubt => _inDoubt;

    /// <returns>Null when taken, else why not.</returns>
    public WriteOutcome? TryAdd(in PendingWrite write) => _queue.TryAdd(write);

    /// <summary>Writes what waits, tells everybody, and ends.</summary>
    public async ValueTask DisposeAsync()
    {
        await _timer.DisposeAsync();
        _queue.Close();
        _reconnecting.Hurry();
        await _ended.Task;
        _reconnecting.Dispose();
    }

    private void Run()
    {
        while (_queue.Take(_batch, wait: true))
        {
            if (_batch.Count > 0)
            {
                var since = _time.GetTimestamp();
                Write(0, _batch.Count, again: true);
                _options.Written?.Invoke(_time.GetElapsedTime(since), _outcomes.AsSpan(0, _batch.Count));
                Tell();
            }
            else if (!_health.Now.IsWell)
            {
                Probe();
            }
        }

        End();
        _ended.SetResult();
    }

    /// <summary>Writes a range of the batch. Where one write may be what fails the rest, the halves are tried apart.</summary>
    private void Write(int from, int to, bool again)
    {
        if (!Connect())
        {
            _outcomes.AsSpan(from, to - from).Fill(WriteOutcome.Unavailable);
            return;
        }

        try
        {
            _arrays.Fill(_batch, from, to);
            var answer = _connection!.Write(++_number, _time.GetUtcNow().ToUnixTimeMilliseconds());
            Committed(answer, from, to);
            return;
        }
        catch (Exception e) when (PostgresFault.IsOfStore(e))
        {
            if (!PostgresFault.IsDefinite(e))
            {
                Resolve(e, from, to, again);
                return;
            }

            if (PostgresFault.EndsLane(e))
            {
                Disconnect();
            }

            if (again && PostgresFault.IsPassing(e))
            {
                Write(from, to, again: false);
                return;
            }

            if (to - from > 1 && PostgresFault.MayBeOfOneWrite(e))
            {
                var middle = from + ((to - from) / 2);
                Write(from, middle, again);
                Write(middle, to, again);
                return;
            }

            _health.Failed(e, to - from, PostgresFault.Outcome(e));
            _outcomes.AsSpan(from, to - from).Fill(PostgresFault.Outcome(e));
        }
        catch (Exception e)
        {
            // Nothing was sent: a write that cannot be put into words must not end the thread everybody waits for.
            _health.Failed(e, to - from, WriteOutcome.Unavailable);
            _outcomes.AsSpan(from, to - from).Fill(WriteOutcome.Unavailable);
        }
    }

    private void Committed(short[] answer, int from, int to)
    {
        _arrays.Spread(answer, _outcomes);
        Interlocked.Increment(ref _commits);
        if (_connection!.Unreplicated)
        {
            _health.Failed(new NpgsqlException("a standby that has to confirm writes does not"), to - from, WriteOutcome.Unknown);
            _outcomes.AsSpan(from, to - from).Replace(WriteOutcome.Committed, WriteOutcome.Unknown);
            return;
        }

        _health.Recovered();
    }

    /// <summary>
    /// The answer is lost. A new life of the lane knows whether the batch has committed, and makes sure that it cannot any more if it has
    /// not: then it is simply sent again.
    /// </summary>
    private void Resolve(Exception cause, int from, int to, bool again)
    {
        var number = _number;
        var since = _time.GetTimestamp();
        _inDoubt = true;
        Disconnect();
        LogLost(_logger, to - from, cause);
        _reconnecting.Reset();
        while (!Connect(since))
        {
            if (_time.GetElapsedTime(since) >= _options.ResolveTimeout || !_reconnecting.Wait())
            {
                _health.Failed(cause, to - from, WriteOutcome.Unknown);
                _outcomes.AsSpan(from, to - from).Fill(WriteOutcome.Unknown);
                return;
            }
        }

        if (_connection!.LastBatch == number)
        {
            if (_connection.LastOutcomes is { } outcomes)
            {
                _arrays.Spread(outcomes, _outcomes);
            }
            else
            {
                _arrays.SpreadCommitted(_outcomes);
            }

            Interlocked.Increment(ref _commits);
            _health.Recovered();
        }
        else if (again)
        {
            Write(from, to, again: false);
        }
        else
        {
            _health.Failed(cause, to - from, WriteOutcome.Unavailable);
            _outcomes.AsSpan(from, to - from).Fill(WriteOutcome.Unavailable);
        }
    }

    /// <summary>Has a connection, or makes one unless the last try was just now.</summary>
    private bool Connect(long? resolving = null)
    {
        if (_connection is { } connection)
        {
            if (connection.IsOpen)
            {
                return true;
            }

            Disconnect();
        }

        if (resolving is null && !_reconnecting.IsDue)
        {
            return false;
        }

        try
        {
            _connection = LaneConnection.Open(_source, _lane, _arrays);
            _inDoubt = false;
            _reconnecting.Reset();
            return true;
        }
        catch (Exception e) when (PostgresFault.IsOfStore(e))
        {
            _reconnecting.Failed();
            _health.NotConnected(e);
            return false;
        }
    }

    private void Disconnect()
    {
        _connection?.Dispose();
        _connection = null;
    }

    /// <summary>Once a second while the store fails: an empty batch, which writes the lane's own row, tells whether it still does.</summary>
    private void Probe() => Write(0, 0, again: false);

    private void Tell()
    {
        _queue.Release(_batch);
        for (var i = 0; i < _batch.Count; i++)
        {
            var (request, receiver, _) = _batch[i];
            if (_outcomes[i] == WriteOutcome.Committed && request is AppendRequest { Tail: not null } append)
            {
                _trimmed(append.Log);
            }

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

    private void End()
    {
        try
        {
            if (_connection is { IsOpen: true } connection)
            {
                connection.End(_lane);
            }
        }
        catch (Exception e) when (PostgresFault.IsOfStore(e))
        {
            // Its row stays for the next cleaning.
            _health.NotConnected(e);
        }

        Disconnect();
    }

    [LoggerMessage(2106, LogLevel.Warning, "Store: the answer to {Writes} writes is lost; looking up what became of them")]
    private static partial void LogLost(ILogger logger, int writes, Exception cause);

    [LoggerMessage(2107, LogLevel.Error, "Store: {Receiver} threw on its outcome")]
    private static partial void LogReceiverThrew(ILogger logger, string receiver, Exception exception);
}
