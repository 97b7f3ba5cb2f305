namespace Realtime.Client;

/// <summary>Publishes at a time, in its order.</summary>
/// <param name="Next">What to go on after; null: there are no more.</param>
public sealed record ScheduledPublishPage(IReadOnlyList<ScheduledPublish> Schedules, string? Next);
