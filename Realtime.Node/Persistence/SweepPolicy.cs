namespace Realtime.Node.Persistence;

/// <summary>How fast a <see cref="LogSweep{TEntry, TCursor}"/> goes.</summary>
public abstract record SweepPolicy
{
    /// <summary>From the end of one round to the next.</summary>
    public TimeSpan Pause { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>
    /// Between two pages of a round: with <see cref="PageSize"/> it bounds how many entities are brought back into memory per second.
    /// </summary>
    public TimeSpan PagePause { get; init; } = TimeSpan.FromMilliseconds(200);

    public int PageSize { get; init; } = 100;

    /// <summary>Entities that have not answered by then are left to the next round.</summary>
    public TimeSpan AnswerWithin { get; init; } = TimeSpan.FromSeconds(10);
}
