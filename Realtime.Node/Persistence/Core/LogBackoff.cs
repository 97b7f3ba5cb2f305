namespace Realtime.Node.Persistence.Core;

/// <summary>How long a log waits before it is started again: doubling, with a spread, so that thousands do not come back at the same instant.</summary>
public sealed record LogBackoff(TimeSpan First, TimeSpan Most)
{
    public static LogBackoff Default { get; } = new(TimeSpan.FromMilliseconds(100), TimeSpan.FromSeconds(5));

    /// <param name="failures">Stops since the log could last be used, from 1.</param>
    /// <param name="spread">Random in [0, 1).</param>
    public TimeSpan After(int failures, double spread)
    {
        var doubled = First * Math.Pow(2, Math.Min(failures - 1, 30));
        return (doubled < Most ? doubled : Most) * (0.8 + (0.4 * spread));
    }
}
