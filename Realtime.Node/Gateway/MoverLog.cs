using Microsoft.Extensions.Logging;
using Realtime.Node.Gateway.Core;
using Realtime.Node.Telemetry;

namespace Realtime.Node.Gateway;

/// <summary>What moving connections logs.</summary>
internal static partial class MoverLog
{
    [LoggerMessage(LogEvents.ConnectionsMove, LogLevel.Information, "Moving connections ({Mode}): {Count} of {Connections}, {Rate} per second at most")]
    public static partial void MovesBegun(this ILogger logger, MoveMode mode, int count, int connections, double rate);

    [LoggerMessage(LogEvents.ConnectionsMoved, LogLevel.Information, "Connections moved: {Done} are gone, {Stayed} did not follow")]
    public static partial void MovesOver(this ILogger logger, long done, int stayed);

    [LoggerMessage(LogEvents.ConnectionsNotListed, LogLevel.Error, "The connections could not be listed to move them; the next look is in a second")]
    public static partial void ConnectionsNotListed(this ILogger logger, Exception fault);
}
