using Realtime.Node.Namespaces;
using Realtime.Node.Telemetry.Metrics;

namespace Realtime.Node.Hosting;

/// <summary>What the series of a node are told apart by: sets that the program and its configuration close.</summary>
internal static class NodeLabels
{
    public static MetricLabels Of(NodeSettings settings) => new()
    {
        Version = NodeVersion.Text,
        Namespaces = [.. settings.Namespaces.All.Select(space => new NamespaceLabels(space.Name, space.Durability.ToString().ToLowerInvariant()))],
        Codecs = [.. RealtimeBuilderExtensions.Codecs.Select(codec => codec.Subprotocol)],
    };
}
