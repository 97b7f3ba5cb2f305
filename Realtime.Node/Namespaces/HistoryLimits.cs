namespace Realtime.Node.Namespaces;

/// <summary>How much of a log is kept: whichever limit is reached first trims.</summary>
public sealed record HistoryLimits
{
    /// <summary>Messages.</summary>
    public int Count { get; init; } = 10_000;

    /// <summary>Bytes, payloads plus 64 for each message.</summary>
    public long Bytes { get; init; } = 16 * 1024 * 1024;

    /// <summary>Null: no limit by age.</summary>
    public TimeSpan? Age { get; init; } = TimeSpan.FromDays(7);
}
