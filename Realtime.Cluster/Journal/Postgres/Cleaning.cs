using Microsoft.Extensions.Logging;
using Npgsql;
using NpgsqlTypes;
using static Realtime.Cluster.Journal.Postgres.PostgresQueries;

namespace Realtime.Cluster.Journal.Postgres;

/// <summary>
/// Deletes in the background what nobody reads any more, in steps of their own transactions: messages below the tails of logs that were
/// trimmed here, what a killed process did not get round to, marks older than the window, and the rows of dead nodes and connections.
/// </summary>
internal sealed partial class Cleaning : IAsyncDisposable
{
    private const int StepRows = 2_000;
    private static readonly TimeSpan Tick = TimeSpan.FromSeconds(1);
    private readonly PostgresQueries _queries;
    private readonly TimeProvider _time;
    private readonly TimeSpan _window;
    private readonly ILogger _logger;
    private readonly Lock _gate = new();
    private readonly HashSet<LogId> _trimmed = [];
    private readonly CancellationTokenSource _stopping = new();
    private readonly SemaphoreSlim _wake = new(0, 1);
    private readonly ITimer _timer;
    private readonly Task _running;
    private long? _lastRound;
    private long? _logCursor = 0;
    private (long Log, string Producer, short Slot)? _markCursor;

    public Cleaning(PostgresQueries queries, TimeProvider time, TimeSpan window, ILogger logger)
    {
        _queries = queries;
        _time = time;
        _window = window;
        _logger = logger;
        _timer = time.CreateTimer(static cleaning => ((Cleaning)cleaning!).Wake(), this, Tick, Tick);
        _running = Task.Run(RunAsync);
    }

    /// <summary>This log's tail may have moved.</summary>
    public void Trimmed(LogId log)
    {
        lock (_gate)
        {
            _trimmed.Add(log);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _timer.DisposeAsync();
        await _running;
        _stopping.Dispose();
        _wake.Dispose();
    }

    private void Wake()
    {
        lock (_gate)
        {
            if (_wake.CurrentCount == 0)
            {
                _wake.Release();
            }
        }
    }

    private async Task RunAsync()
    {
        try
        {
            while (true)
            {
                await _wake.WaitAsync(_stopping.Token);
                await CleanAsync();
            }
        }
        catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
        {
            // What is left is found again by whoever opens next.
        }
    }

    /// <summary>All that there is to do now. After a failure it rests until the next tick.</summary>
    private async Task CleanAsync()
    {
        try
        {
            foreach (var log in TakeTrimmed())
            {
                await TrimAsync(log);
            }

            while (_logCursor is { } log)
            {
                await FindTrimmedAsync(log);
            }

            if (_lastRound is not { } last || _time.GetElapsedTime(last) >= _window / 10)
            {
                _lastRound = _time.GetTimestamp();
                _markCursor = (0, "", 0);
                await BuryAsync();
            }

            while (_markCursor is { } mark)
            {
                await ForgetAsync(mark.Log, mark.Producer, mark.Slot);
            }
        }
        catch (StoreUnavailableException e)
        {
            LogFailed(_logger, e);
        }
    }

    private LogId[] TakeTrimmed()
    {
        lock (_gate)
        {
            LogId[] logs = [.. _trimmed];
            _trimmed.Clear();
            return logs;
        }
    }

    private async Task TrimAsync(LogId log)
    {
        try
        {
            while (await _queries.AskAsync(
                "SELECT rt.trim($1, $2)",
                parameters =>
                {
                    parameters.Add(Long(log.Value));
                    parameters.Add(Int(StepRows));
                },
                async reader => await reader.ReadAsync(_stopping.Token) ? reader.GetInt32(0) : 0,
                repeatable: true,
                _stopping.Token) >= StepRows)
            {
            }
        }
        catch (StoreUnavailableException)
        {
            Trimmed(log);
            throw;
        }
    }

    private async Task FindTrimmedAsync(long after)
    {
        var (logs, last) = await _queries.AskAsync(
            "SELECT logs, last FROM rt.trimmed($1, $2)",
            parameters =>
            {
                parameters.Add(Long(after));
                parameters.Add(Int(StepRows));
            },
            async reader => await reader.ReadAsync(_stopping.Token)
                ? (reader.GetFieldValue<long[]>(0), reader.IsDBNull(1) ? (long?)null : reader.GetInt64(1))
                : ([], null),
            repeatable: true,
            _stopping.Token);
        foreach (var log in logs)
        {
            await TrimAsync(new LogId(log));
        }

        _logCursor = last;
    }

    private async Task ForgetAsync(long log, string producer, short slot) => _markCursor = await _queries.AskAsync(
        "SELECT p_log, p_producer, p_slot FROM rt.forget($1, $2, $3, $4, $5)",
        parameters =>
        {
            parameters.Add(Long(log));
            parameters.Add(Text(producer));
            parameters.Add(Maybe(slot, NpgsqlDbType.Smallint));
            parameters.Add(Long((_time.GetUtcNow() - _window).ToUnixTimeMilliseconds()));
            parameters.Add(Int(StepRows));
        },
        async reader => await reader.ReadAsync(_stopping.Token) && !reader.IsDBNull(0)
            ? (reader.GetInt64(0), reader.GetString(1), reader.GetInt16(2))
            : ((long, string, short)?)null,
        repeatable: true,
        _stopping.Token);

    private async Task BuryAsync() => await _queries.AskAsync(
        "SELECT rt.bury()", static _ => { }, reader => reader.ReadAsync(_stopping.Token), repeatable: true, _stopping.Token);

    [LoggerMessage(2108, LogLevel.Warning, "Store: cleaning failed and goes on later")]
    private static partial void LogFailed(ILogger logger, Exception cause);
}
