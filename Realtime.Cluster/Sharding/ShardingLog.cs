using Microsoft.Extensions.Logging;
using Realtime.Cluster.Telemetry;
using Realtime.Messages.Entities;

namespace Realtime.Cluster.Sharding;

/// <summary>What both engines say in the log.</summary>
internal static partial class ShardingLog
{
    [LoggerMessage(LogEvents.EntityFailed, LogLevel.Error, "A {Kind} entity failed and was stopped; it loads again on its next message")]
    public static partial void EntityFailed(ILogger logger, Exception failure, EntityKind kind);
}
