using Realtime.Messages.Errors;

namespace Realtime.Node.Auth;

/// <summary>What became of a revocation: it is kept and reaches every node, or why not.</summary>
/// <param name="At">The moment before which tokens do not count, milliseconds since 1970; null: it was not kept, or nobody knows.</param>
/// <param name="RetryAfter">Milliseconds.</param>
public readonly record struct RevocationReply(long? At, ErrorCode Refusal = default, string? Reason = null, int? RetryAfter = null)
{
    public bool IsDone => At is not null;
}
