namespace Realtime.Node.Sessions;

/// <summary>How the cluster looks for sessions that have expired.</summary>
public sealed record IdleSweepPolicy
{
    /// <summary>
    /// Sessions whose record is older are candidates, and logs of ended ones are deleted. As <see cref="SessionPolicy.TimeToLive"/>.
    /// </summary>
    public TimeSpan TimeToLive { get; init; } = TimeSpan.FromHours(1);

    /// <summary>From the end of one round to the next.</summary>
    public TimeSpan Pause { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>
    /// Between two pages of a round: with <see cref="PageSessions"/> it bounds how many sessions are read back per second.
    /// </summary>
    public TimeSpan PagePause { get; init; } = TimeSpan.FromMilliseconds(200);

    public int PageSessions { get; init; } = 100;

    /// <summary>Sessions that have not answered by then are left to the next round.</summary>
    public TimeSpan AnswerWithin { get; init; } = TimeSpan.FromSeconds(10);
}
