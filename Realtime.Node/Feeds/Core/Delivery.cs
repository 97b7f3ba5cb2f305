namespace Realtime.Node.Feeds.Core;

/// <summary>What a subscriber gets of a run of messages.</summary>
internal enum Delivery
{
    /// <summary>Nothing: it has them already, or will read them from the log.</summary>
    None = 1,

    /// <summary>The run as it is: the encoding that is shared by everybody.</summary>
    Whole = 2,

    /// <summary>Some of it, or with <c>prev</c>: an encoding of its own.</summary>
    Part = 3,

    /// <summary>Messages lie between its position and the run: it has to read them from the log.</summary>
    Missing = 4,
}
