namespace Realtime.Node.Telemetry.Metrics;

/// <summary>What became of the session that a hello named.</summary>
public enum ResumeOutcome
{
    /// <summary>It named none.</summary>
    New = 1,

    Resumed = 2,

    /// <summary>It was not there any more, and the client has got a new one.</summary>
    Lost = 3,
}
