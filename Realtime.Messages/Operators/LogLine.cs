namespace Realtime.Messages.Operators;

/// <param name="Level"><c>trace</c>, <c>debug</c>, <c>information</c>, <c>warning</c>, <c>error</c> or <c>critical</c>.</param>
/// <param name="Event">Number of the message's kind; 0: none.</param>
public sealed record LogLine(long Number, DateTimeOffset At, string Level, string Category, int Event, string Text, string? Exception);
