namespace Realtime.Client;

/// <summary>A publish at a time, as the server keeps it.</summary>
/// <param name="State"><c>pending</c>, <c>firing</c>, <c>fired</c>, <c>refused</c>, <c>expired</c>, <c>cancelled</c> or <c>unknown</c>: it may have been published.</param>
/// <param name="Position">Of its message, once it is fired on a channel with a log.</param>
/// <param name="Code">Why it was refused.</param>
/// <param name="Detail">The same in words.</param>
public sealed record ScheduledPublish(string Id, string Channel, DateTimeOffset At, string State, Position? Position, string? Code, string? Detail);
