namespace Realtime.Node.Application;

/// <summary>What one handler may take of the process.</summary>
public sealed record HandlerLimits
{
    /// <summary>A handler that takes longer is cancelled, and its client gets <c>timeout</c>.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How many run at a time. One that does not heed its cancellation goes on counting.</summary>
    public int Concurrency { get; init; } = 256;

    /// <summary>How many wait for their turn; beyond it clients get <c>too_many</c> at once.</summary>
    public int Queue { get; init; } = 1024;
}
