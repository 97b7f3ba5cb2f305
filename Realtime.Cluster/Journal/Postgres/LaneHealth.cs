using Microsoft.Extensions.Logging;

namespace Realtime.Cluster.Journal.Postgres;

/// <summary>Whether a lane's last write or probe went through, told to the log when it changes.</summary>
internal sealed partial class LaneHealth(TimeProvider time, ILogger logger)
{
    private static readonly TimeSpan Quiet = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan QuietUnconnected = TimeSpan.FromSeconds(30);
    private static readonly StoreHealth Well = new(true, null);
    private volatile StoreHealth _now = Well;
    private long? _lastFailure;
    private long? _lastUnconnected;

    public StoreHealth Now => _now;

    public void Failed(Exception cause, int writes, WriteOutcome outcome)
    {
        // Once a second: an outage fails every write, and saying so thousands of times fills the disk.
        if (IsQuietOver(_lastFailure, Quiet))
        {
            LogFailed(logger, writes, outcome, cause);
            _lastFailure = time.GetTimestamp();
        }

        _now = new StoreHealth(false, $"the last write failed: {cause.Message}");
    }

    /// <summary>A try to connect failed; there will be many.</summary>
    public void NotConnected(Exception cause)
    {
        if (IsQuietOver(_lastUnconnected, QuietUnconnected))
        {
            LogNotConnected(logger, cause.Message);
            _lastUnconnected = time.GetTimestamp();
        }

        _now = new StoreHealth(false, $"not connected: {cause.Message}");
    }

    public void Recovered()
    {
        if (!_now.IsWell)
        {
            LogRecovered(logger);
            _now = Well;
            _lastUnconnected = null;
        }
    }

    private bool IsQuietOver(long? last, TimeSpan quiet) => last is not { } at || time.GetElapsedTime(at) >= quiet;

    [LoggerMessage(2109, LogLevel.Warning, "Store: no connection to write on: {Reason}; it is tried until there is one")]
    private static partial void LogNotConnected(ILogger logger, string reason);

    [LoggerMessage(2104, LogLevel.Error, "Store: {Writes} writes failed with outcome {Outcome}")]
    private static partial void LogFailed(ILogger logger, int writes, WriteOutcome outcome, Exception cause);

    [LoggerMessage(2105, LogLevel.Information, "Store: writes go through again")]
    private static partial void LogRecovered(ILogger logger);
}
