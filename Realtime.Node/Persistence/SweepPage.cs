namespace Realtime.Node.Persistence;

/// <summary>A page of what a sweep looks through.</summary>
/// <param name="Next">Where it ended; null: there are no more.</param>
public sealed record SweepPage<TEntry, TCursor>(IReadOnlyList<TEntry> Entries, TCursor? Next)
    where TCursor : struct;
