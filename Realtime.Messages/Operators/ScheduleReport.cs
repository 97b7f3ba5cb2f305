namespace Realtime.Messages.Operators;

/// <summary>A scheduled publish.</summary>
/// <param name="At">When it is due, milliseconds since 1970.</param>
/// <param name="State"><c>pending</c>, <c>firing</c>, <c>fired</c>, <c>refused</c>, <c>expired</c>, <c>cancelled</c> or <c>unknown</c>: it may have been published.</param>
/// <param name="Owner">The API key that made it; empty for the application's own code.</param>
/// <param name="Bytes">Of its message.</param>
/// <param name="Ttl">Seconds from <paramref name="At"/>; null: it has no end.</param>
/// <param name="Position">Of its message, once it is fired on a channel with a log.</param>
/// <param name="Code">Why it was refused, by the registry.</param>
/// <param name="Detail">The same in words.</param>
public sealed record ScheduleReport(
    string Id, string Channel, long At, string State, string Owner, int Bytes, double? Ttl, string? Position, string? Code, string? Detail);
