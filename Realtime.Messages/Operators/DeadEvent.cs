namespace Realtime.Messages.Operators;

/// <summary>An event that could not be delivered. What it carries is the application's and is not shown.</summary>
/// <param name="Event">Such as <c>channel_occupied</c>.</param>
/// <param name="At">When it happened.</param>
/// <param name="DiedAt">When it was given up.</param>
public sealed record DeadEvent(string Id, string Event, string? Channel, string? Session, DateTimeOffset At, DateTimeOffset DiedAt, int Tries, string Why);
