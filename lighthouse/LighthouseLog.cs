using Realtime.Node.Telemetry;

namespace Realtime.Lighthouse;

internal static partial class LighthouseLog
{
    [LoggerMessage(LogEvents.LighthouseStarted, LogLevel.Information, "Realtime lighthouse on {Url}, for operators {OperatorUrl}, store {Store}")]
    public static partial void LighthouseStarted(this ILogger logger, string url, string operatorUrl, string store);

    [LoggerMessage(LogEvents.ClusterSeen, LogLevel.Information, "The cluster in {Store} is seen: version {Version}, {Nodes} nodes, {Shards} shards")]
    public static partial void ClusterSeen(this ILogger logger, string store, long version, int nodes, int shards);

    [LoggerMessage(LogEvents.ClusterNotSeen, LogLevel.Warning, "The cluster in {Store} cannot be seen; {Consequence}")]
    public static partial void ClusterNotSeen(this ILogger logger, Exception fault, string store, string consequence);
}
