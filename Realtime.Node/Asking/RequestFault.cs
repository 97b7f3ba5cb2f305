using Realtime.Messages.Errors;

namespace Realtime.Node.Asking;

/// <summary>Why something that the application asked for is not done.</summary>
/// <param name="Field">The member or parameter that is wrong; null: none is.</param>
internal sealed record RequestFault(ErrorCode Code, string Detail, string? Field)
{
    /// <summary>Milliseconds.</summary>
    public int? RetryAfter { get; init; }

    /// <summary>Unknown: it may have been done.</summary>
    public Outcome Outcome { get; init; }
}
