namespace Realtime.Tests.Cluster.Checking;

/// <summary>How a publish ended for its publisher.</summary>
internal enum PublicationEnd
{
    Pending,
    Acknowledged,

    /// <summary>The server said that it did not take it.</summary>
    Refused,

    /// <summary>The answer was lost.</summary>
    Unknown,
}
