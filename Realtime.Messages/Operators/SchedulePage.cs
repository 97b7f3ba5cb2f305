namespace Realtime.Messages.Operators;

/// <summary>Scheduled publishes in the order of their time.</summary>
/// <param name="Next">The next <c>after</c>; null: there are no more.</param>
public sealed record SchedulePage(IReadOnlyList<ScheduleReport> Schedules, string? Next);
