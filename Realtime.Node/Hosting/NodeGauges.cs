using System.Diagnostics.Metrics;
using Realtime.Node.Operations;

namespace Realtime.Node.Hosting;

/// <summary>How a node stands, read when somebody asks.</summary>
internal static class NodeGauges
{
    public static void Register(Meter meter, NodeSettings settings, NodeReadiness? readiness)
    {
        meter.CreateObservableUpDownCounter(
            "realtime.capacity", () => settings.MaxConnections, "{connection}", "Connections this node takes.");
        if (readiness is not null)
        {
            meter.CreateObservableGauge(
                "realtime.ready", () => readiness.Obstacles().Count == 0 ? 1 : 0, "{state}", "1 while clients should be sent here.");
        }
    }
}
