using System.Diagnostics.Metrics;
using Realtime.Node.Cluster;
using Realtime.Node.Operations;
using Realtime.Node.Persistence.Journal;

namespace Realtime.Node.Hosting;

/// <summary>How a node stands, read when a metric is asked for.</summary>
internal static class NodeGauges
{
    public static void Register(Meter meter, NodeSettings settings, Journals journals, DeadLetterCounts deadLetters)
    {
        meter.CreateObservableUpDownCounter("realtime.capacity", () => settings.MaxConnections, "{connection}", "Connections this node takes.");
        meter.CreateObservableCounter("realtime.actors.dead_letters", () => deadLetters.Total, "{message}", "Messages between actors that reached none.");
        meter.CreateObservableCounter("realtime.actors.unhandled", () => deadLetters.Unhandled, "{message}", "Messages that their actor did not know.");
        JournalGauges.Register(meter, journals);
    }

    public static void Register(Meter meter, NodeReadiness readiness) =>
        meter.CreateObservableGauge("realtime.ready", () => readiness.Obstacles().Count == 0 ? 1 : 0, "{state}", "1 while clients should be sent here.");
}
