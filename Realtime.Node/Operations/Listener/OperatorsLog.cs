using Microsoft.Extensions.Logging;
using Realtime.Node.Telemetry;

namespace Realtime.Node.Operations.Listener;

internal static partial class OperatorsLog
{
    [LoggerMessage(LogEvents.WrongOperatorKey, LogLevel.Warning, "A wrong operator key came from {From}; more of them are not logged until it has been quiet")]
    public static partial void WrongKey(this ILogger logger, string from);
}
