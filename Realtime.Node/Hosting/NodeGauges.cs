using System.Diagnostics.Metrics;
using Realtime.Node.Operations;
using Realtime.Node.Persistence.Store;

namespace Realtime.Node.Hosting;

/// <summary>How a node stands, read when somebody asks.</summary>
internal static class NodeGauges
{
    public static void Register(Meter meter, NodeSettings settings, IStore store, NodeReadiness? readiness)
    {
        meter.CreateObservableGauge("realtime.store.healthy", () => store.Health.IsWell ? 1 : 0, "{state}", "1 while the store takes writes.");
        meter.CreateObservableUpDownCounter(
            "realtime.capacity", () => settings.Cluster?.Capacity ?? settings.MaxConnections, "{session}", "Sessions this node is meant to hold; on a single node, connections it takes.");
        if (readiness is not null)
        {
            meter.CreateObservableGauge("realtime.ready", () => readiness.Obstacles().Count == 0 ? 1 : 0, "{state}", "1 while clients should be sent here.");
        }
    }
}
