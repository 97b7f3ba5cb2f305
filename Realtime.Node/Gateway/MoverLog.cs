using Microsoft.Extensions.Logging;
using Realtime.Node.Telemetry;

namespace Realtime.Node.Gateway;

/// <summary>What moving connections logs.</summary>
internal static partial class MoverLog
{
    [LoggerMessage(LogEvents.ConnectionsMove, LogLevel.Information, "Connections: {Count} of {Connections} follow their sessions to other nodes, {Rate} per second at most")]
    public static partial void MovesBegun(this ILogger logger, int count, int connections, double rate);

    [LoggerMessage(LogEvents.ConnectionsMoved, LogLevel.Information, "Connections: {Done} have followed their sessions, {Stayed} did not")]
    public static partial void MovesOver(this ILogger logger, long done, int stayed);

    [LoggerMessage(LogEvents.DrainBegun, LogLevel.Information, "Connections: {Node} sends all {Connections} to other nodes, over {Window}")]
    public static partial void DrainBegun(this ILogger logger, string node, int connections, TimeSpan window);

    [LoggerMessage(LogEvents.DrainOver, LogLevel.Information, "Connections: {Node} has sent {Gone} to other nodes and has {Left} left, after {Elapsed} ms")]
    public static partial void DrainOver(this ILogger logger, string node, long gone, int left, long elapsed);

    [LoggerMessage(LogEvents.DrainTakenBack, LogLevel.Information, "Connections: {Node} has sent {Gone} to other nodes and keeps the {Left} that it has left: its drain was taken back after {Elapsed} ms")]
    public static partial void DrainTakenBack(this ILogger logger, string node, long gone, int left, long elapsed);

    [LoggerMessage(LogEvents.ConnectionsNotListed, LogLevel.Error, "The connections could not be listed to move them; the next look is in a second")]
    public static partial void ConnectionsNotListed(this ILogger logger, Exception fault);
}
