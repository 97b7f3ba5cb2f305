using Realtime.Messages.Errors;

namespace Realtime.Node.Application;

/// <summary>The server did not do what the application asked for.</summary>
public sealed class RealtimeRefusedException(ErrorCode code, string message, TimeSpan? retryAfter = null, Outcome outcome = Outcome.None) : Exception(message)
{
    public ErrorCode Code => code;

    public TimeSpan? RetryAfter => retryAfter;

    /// <summary><see cref="Outcome.Unknown"/>: it may have been done.</summary>
    public Outcome Outcome => outcome;
}
