namespace Realtime.Node.Hosting.Configuration;

/// <summary>Bounds of scheduled publishes, <c>Realtime:Schedules</c>.</summary>
public sealed class ScheduleOptions
{
    /// <summary>How far ahead something may be scheduled, 1m to 366d. Default 366d.</summary>
    public TimeSpan Ahead { get; set; } = TimeSpan.FromDays(366);

    /// <summary>Scheduled publishes that wait at a time, 1 to 1,000,000. Default 100,000.</summary>
    public int Pending { get; set; } = 100_000;

    /// <summary>Of them those of one API key, or of the application's own code, 1 to 1,000,000. Default 50,000.</summary>
    public int PendingPerKey { get; set; } = 50_000;
}
