using Realtime.Node.Telemetry;

namespace Realtime.Node.Hosting;

/// <summary>What the running node logs by itself; numbers 9050–9099.</summary>
internal static partial class NodeRuntimeLog
{
    [LoggerMessage(LogEvents.SweepFailed, LogLevel.Warning, "Sessions that are over could not be deleted; tried again in a minute")]
    public static partial void SweepFailed(this ILogger logger, Exception failure);
}
