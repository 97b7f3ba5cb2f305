namespace Realtime.Node.Telemetry.Metrics;

/// <summary>A configured namespace as its series name it.</summary>
/// <param name="Durability"><c>journal</c>, <c>memory</c> or <c>none</c>.</param>
public sealed record NamespaceLabels(string Name, string Durability);
