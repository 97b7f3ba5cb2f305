using Realtime.Messages.Errors;

namespace Realtime.Node.Application;

/// <summary>What a handler says to a connect, a subscribe or a publish. A handler that returns nothing allows it.</summary>
public sealed class Decision
{
    private Decision()
    {
    }

    public static Decision Allow { get; } = new();

    internal RealtimeUser? User { get; private init; }

    internal object? Data { get; private init; }

    internal bool Changes { get; private init; }

    internal (ErrorCode Code, string Text, TimeSpan? RetryAfter)? Refusal { get; private init; }

    /// <summary>To a connect: the client is this user.</summary>
    public static Decision As(RealtimeUser user)
    {
        ArgumentNullException.ThrowIfNull(user);
        return new Decision { User = user };
    }

    /// <summary>To a publish: this is published instead.</summary>
    /// <param name="data">Written as JSON.</param>
    public static Decision Change(object? data) => new() { Data = data, Changes = true };

    /// <param name="text">For the client's developers.</param>
    /// <param name="code">What the client is told; <see cref="ErrorCode.Forbidden"/> unless something else is the matter.</param>
    public static Decision Refuse(string text, ErrorCode code = ErrorCode.Forbidden, TimeSpan? retryAfter = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(text);
        return new Decision { Refusal = (code, text, retryAfter) };
    }
}
