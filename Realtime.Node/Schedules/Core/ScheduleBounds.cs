namespace Realtime.Node.Schedules.Core;

/// <summary>How much may be scheduled.</summary>
public sealed record ScheduleBounds
{
    /// <summary>Due times that have passed by less are taken, and are due at once: clocks differ.</summary>
    public static readonly TimeSpan Tolerance = TimeSpan.FromMinutes(1);

    /// <summary>How far ahead.</summary>
    public TimeSpan Ahead { get; init; } = TimeSpan.FromDays(366);

    /// <summary>Most that wait at a time.</summary>
    public int Pending { get; init; } = 100_000;

    /// <summary>Most that one API key, or the application's code, has waiting at a time.</summary>
    public int PendingPerKey { get; init; } = 50_000;

    /// <summary>Most that are due within one hour, whatever became of them: their log must not reach the bound at which it is trimmed.</summary>
    public int PerHour { get; init; } = 1_000_000;

    /// <summary>Bytes of messages that are due within one hour.</summary>
    public long BytesPerHour { get; init; } = 2L * 1024 * 1024 * 1024;

    /// <summary>Why not; null: it may.</summary>
    public string? Against(long due, long now) =>
        due < now - (long)Tolerance.TotalMilliseconds ? "at is in the past."
        : due > now + (long)Ahead.TotalMilliseconds ? $"at is further ahead than {Ahead.TotalDays:0.##} days."
        : null;
}
