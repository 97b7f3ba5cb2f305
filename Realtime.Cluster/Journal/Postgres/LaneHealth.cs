using Microsoft.Extensions.Logging;

namespace Realtime.Cluster.Journal.Postgres;

/// <summary>Whether a lane's last write or probe went through, told to the log when it changes.</summary>
internal sealed partial class LaneHealth(TimeProvider time, ILogger logger)
{
    private static readonly TimeSpan Quiet = TimeSpan.FromSeconds(1);
    private static readonly StoreHealth Well = new(true, null);
    private volatile StoreHealth _now = Well;
    private long? _lastFailure;

    public StoreHealth Now => _now;

    /// <param name="writes">0: connecting.</param>
    public void Failed(Exception cause, int writes, WriteOutcome outcome)
    {
        // Once a second: an outage fails every write, and saying so thousands of times fills the disk.
        if (_lastFailure is not { } at || time.GetElapsedTime(at) >= Quiet)
        {
            LogFailed(logger, writes, outcome, cause);
            _lastFailure = time.GetTimestamp();
        }

        _now = new StoreHealth(false, $"the last write failed: {cause.Message}");
    }

    public void Recovered()
    {
        if (!_now.IsWell)
        {
            LogRecovered(logger);
            _now = Well;
        }
    }

    [LoggerMessage(2104, LogLevel.Error, "Store: {Writes} writes (0: connecting) failed with outcome {Outcome}")]
    private static partial void LogFailed(ILogger logger, int writes, WriteOutcome outcome, Exception cause);

    [LoggerMessage(2105, LogLevel.Information, "Store: writes go through again")]
    private static partial void LogRecovered(ILogger logger);
}
