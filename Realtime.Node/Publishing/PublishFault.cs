using Realtime.Messages.Errors;

namespace Realtime.Node.Publishing;

/// <summary>What is wrong with one message of several.</summary>
internal sealed record PublishFault(ErrorCode Code, string Detail, string? Field)
{
    /// <summary>Milliseconds.</summary>
    public int? RetryAfter { get; init; }

    /// <summary>Unknown: it may have been published.</summary>
    public Outcome Outcome { get; init; }
}
