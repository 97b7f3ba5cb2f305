using Realtime.Messages.Errors;

namespace Realtime.Messages.Entities;

/// <summary>What an entity answers.</summary>
public abstract record EntityReply
{
    /// <summary>The request was not done (or, with <see cref="Outcome.Unknown"/>, nobody can say).</summary>
    /// <param name="RetryAfter">Milliseconds.</param>
    public sealed record Refused(ErrorCode Code, string Message, int? RetryAfter = null, Outcome Outcome = Outcome.None) : EntityReply;
}
