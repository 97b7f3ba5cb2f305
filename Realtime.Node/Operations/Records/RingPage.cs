namespace Realtime.Node.Operations.Records;

/// <param name="Next">Number to read on after.</param>
/// <param name="Missed">Entries after the given number that were thrown out.</param>
internal sealed record RingPage<T>(IReadOnlyList<T> Entries, long Next, long Missed);
