namespace Realtime.Node.Telemetry.Metrics;

/// <summary>The closed sets that a node's series are told apart by. Nothing that clients choose is among them: a label per channel or user would be a series for each.</summary>
public sealed record MetricLabels
{
    /// <summary>Of the program.</summary>
    public string? Version { get; init; }

    public IReadOnlyList<NamespaceLabels> Namespaces { get; init; } = [];

    /// <summary>Subprotocols that are spoken.</summary>
    public IReadOnlyList<string> Codecs { get; init; } = [];
}
