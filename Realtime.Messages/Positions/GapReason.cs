namespace Realtime.Messages.Positions;

/// <summary>Why messages are missing. The numbers reach peers and are frozen by a test.</summary>
public enum GapReason
{
    /// <summary>History no longer reaches back that far.</summary>
    Trimmed = 1,

    /// <summary>The position is of another life of the log.</summary>
    Epoch = 2,

    /// <summary>The position is ahead of the log: the store lost its end, or the position was made up.</summary>
    Ahead = 3,

    /// <summary>The reader was too slow and the namespace's <c>lag</c> policy drops.</summary>
    Lagged = 4,

    /// <summary>The store could not give the messages back.</summary>
    Corrupt = 5,
}
