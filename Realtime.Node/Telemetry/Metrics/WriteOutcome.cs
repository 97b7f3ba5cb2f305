namespace Realtime.Node.Telemetry.Metrics;

/// <summary>What became of a write of a log.</summary>
public enum WriteOutcome
{
    Committed = 1,

    /// <summary>Another writer has taken its number.</summary>
    Conflict = 2,

    StorageFull = 3,

    /// <summary>The store was out of reach.</summary>
    Unavailable = 4,

    /// <summary>The store did not end it in time; its next recovery finds out.</summary>
    Unknown = 5,

    /// <summary>A defect, or damage.</summary>
    Failed = 6,
}
