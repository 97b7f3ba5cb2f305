namespace Realtime.Messages.Operators;

/// <summary>The configuration a node runs by, secrets masked: <c>GET /operator/v1/nodes/{node}/config</c>.</summary>
public sealed record ConfigurationReport(string Node, IReadOnlyList<ConfigurationReport.Setting> Settings)
{
    public sealed record Setting(string Name, string Value);
}
