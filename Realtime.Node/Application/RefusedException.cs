using Realtime.Messages.Errors;

namespace Realtime.Node.Application;

/// <summary>A handler's way to say no, from wherever in its code. Any other exception is a fault of the application: it is logged, and the client learns nothing of it.</summary>
public sealed class RefusedException : Exception
{
    public RefusedException(string message)
        : this(ErrorCode.Forbidden, message)
    {
    }

    /// <param name="message">For the client's developers.</param>
    public RefusedException(ErrorCode code, string message, TimeSpan? retryAfter = null)
        : base(message) => (Code, RetryAfter) = (code, retryAfter);

    public ErrorCode Code { get; }

    public TimeSpan? RetryAfter { get; }
}
