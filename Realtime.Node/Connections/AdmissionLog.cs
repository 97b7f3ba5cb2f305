using Microsoft.Extensions.Logging;
using Realtime.Node.Telemetry;

namespace Realtime.Node.Connections;

/// <summary>What the door logs.</summary>
internal static partial class AdmissionLog
{
    [LoggerMessage(LogEvents.TurnedAway, LogLevel.Warning, "More handshakes than are let in: {Count} were told to come again")]
    public static partial void TurnedAway(this ILogger logger, long count);
}
