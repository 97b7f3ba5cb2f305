namespace Realtime.Node.Channels;

/// <summary>How the cluster looks for channels with messages past their age.</summary>
public sealed record AgeSweepPolicy
{
    /// <summary>From the end of one round to the next.</summary>
    public TimeSpan Pause { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>
    /// Between two pages of a round: with <see cref="PageLogs"/> it bounds how many channels are brought back into memory per second.
    /// </summary>
    public TimeSpan PagePause { get; init; } = TimeSpan.FromMilliseconds(200);

    public int PageLogs { get; init; } = 100;

    /// <summary>Channels that have not answered by then are left to the next round.</summary>
    public TimeSpan AnswerWithin { get; init; } = TimeSpan.FromSeconds(10);
}
