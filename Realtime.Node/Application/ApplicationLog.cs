using Realtime.Node.Telemetry;

namespace Realtime.Node.Application;

/// <summary>What is logged of the application's code.</summary>
internal static partial class ApplicationLog
{
    [LoggerMessage(LogEvents.HandlerFailed, LogLevel.Error, "Handler {Handler} of the application failed")]
    public static partial void HandlerFailed(this ILogger logger, Exception fault, string handler);

    [LoggerMessage(LogEvents.HandlerTooSlow, LogLevel.Warning, "Handler {Handler} of the application has not answered within {Limit}; who waits for it was told so")]
    public static partial void HandlerTooSlow(this ILogger logger, string handler, TimeSpan limit);

    [LoggerMessage(LogEvents.CallNotStored, LogLevel.Warning, "The reply of call {Method} could not be stored: {Why}. A repeat of it gets an unknown outcome")]
    public static partial void CallNotStored(this ILogger logger, string method, string why);
}
