namespace Realtime.Node.Connections.Core;

/// <summary>How long a request may be unanswered before it is sent again, milliseconds: doubles with each time.</summary>
internal static class RepeatDelay
{
    public const long First = 250;
    public const long Longest = 4_000;

    /// <summary>
    /// Before an attach is first sent again: a session that is read back takes its time, and many are read back together.
    /// </summary>
    public const long FirstOfAttach = 1_000;

    /// <param name="repeats">How often it was sent again already.</param>
    public static long After(int repeats, long first = First) => Math.Min(first << Math.Min(repeats, 8), Longest);
}
