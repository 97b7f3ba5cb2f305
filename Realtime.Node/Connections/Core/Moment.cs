namespace Realtime.Node.Connections.Core;

/// <summary>Now, twice: intervals are measured on the monotonic clock, the expiry of tokens on the wall clock.</summary>
/// <param name="Ticks">Milliseconds of a monotonic clock.</param>
public readonly record struct Moment(long Ticks, DateTimeOffset Wall);
