namespace Realtime.Node.Persistence.Members;

/// <summary>The times of member rows, each longer than the one before.</summary>
public static class MemberTimes
{
    /// <summary>Between two renewals.</summary>
    public static TimeSpan Renewal { get; } = TimeSpan.FromSeconds(2);

    /// <summary>How long a node answers for the store after a renewal, counted from when that began.</summary>
    public static TimeSpan Lease { get; } = TimeSpan.FromSeconds(6);

    /// <summary>A row that was not renewed for so long stands still: its node's lease is over.</summary>
    public static TimeSpan Still { get; } = TimeSpan.FromSeconds(8);

    /// <summary>Who has renewed within it may be joined.</summary>
    public static TimeSpan Fresh { get; } = TimeSpan.FromSeconds(15);
}
