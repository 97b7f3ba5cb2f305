using Realtime.Node.Telemetry;

namespace Realtime.Node.Operations;

/// <summary>What is logged of operators; numbers 8100 and up.</summary>
internal static partial class OperationsLog
{
    [LoggerMessage(LogEvents.OperatorActed, LogLevel.Information, "{Action} {Target} by {Who} from {From}: {Status}")]
    public static partial void ActionDone(this ILogger logger, string action, string target, string who, string from, int status);

    [LoggerMessage(LogEvents.OperatorRefused, LogLevel.Warning, "{Action} {Target} by {Who} from {From}: {Status}, {Reason}")]
    public static partial void ActionRefused(this ILogger logger, string action, string target, string who, string from, int status, string reason);

    [LoggerMessage(LogEvents.OperatorQuestionFailed, LogLevel.Error, "{Method} {Path} of an operator failed")]
    public static partial void QuestionFailed(this ILogger logger, Exception fault, string method, string path);

    [LoggerMessage(LogEvents.LogLevelChanged, LogLevel.Warning, "The log level of {Category} is {Level} now, {Until}")]
    public static partial void LevelChanged(this ILogger logger, string category, string level, string until);
}
