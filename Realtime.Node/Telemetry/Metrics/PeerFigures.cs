namespace Realtime.Node.Telemetry.Metrics;

/// <summary>What passes between this node and another one.</summary>
public sealed class PeerFigures
{
    public Tally BytesIn { get; } = new();

    /// <summary>Taken for sending.</summary>
    public Tally BytesOut { get; } = new();

    public Tally Resets { get; } = new();

    public Tally Refused { get; } = new();
}
