namespace Realtime.Pbm.Tails;

/// <summary>What came since the last look.</summary>
/// <param name="Missed">What is not among it and should be, in words; null: nothing.</param>
/// <param name="MissedCount">How many, where that is known.</param>
/// <param name="More">There is more to be had at once.</param>
/// <param name="Ended">Nothing will ever follow, and why.</param>
internal sealed record TailBatch(IReadOnlyList<TailLine> Lines, string? Missed = null, long? MissedCount = null, bool More = false, string? Ended = null)
{
    public static string? MissedWords(long missed, string one) => missed > 0 ? $"{Output.Words.Count(missed, one)} missed: thrown out of the node's memory before they were read" : null;
}
