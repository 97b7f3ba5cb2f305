using System.Diagnostics.Metrics;
using Realtime.Node.Cluster;
using Realtime.Node.Cluster.Allocation;
using Realtime.Node.Operations;
using Realtime.Node.Persistence.Journal;

namespace Realtime.Node.Hosting;

/// <summary>How a node stands, read when a metric is asked for.</summary>
internal static class NodeGauges
{
    public static void Register(Meter meter, NodeSettings settings, Journals journals, DeadLetterCounts deadLetters, ClusterMap map)
    {
        meter.CreateObservableUpDownCounter("realtime.capacity", () => settings.MaxConnections, "{connection}", "Connections this node takes.");
        meter.CreateObservableCounter("realtime.actors.dead_letters", () => deadLetters.Total, "{message}", "Messages between actors that reached none.");
        meter.CreateObservableCounter("realtime.actors.unhandled", () => deadLetters.Unhandled, "{message}", "Messages that their actor did not know.");
        meter.CreateObservableUpDownCounter("realtime.cluster.members", () => map.Current.Members.Count, "{member}", "Members of the cluster, lighthouses among them.");
        meter.CreateObservableUpDownCounter(
            "realtime.cluster.members.unreachable", () => map.Current.Members.Count(member => !member.IsReachable), "{member}", "Members whose heartbeats another member misses.");
        meter.CreateObservableGauge(
            "realtime.cluster.heartbeat.delay", () => Silence(map), "s", "Since the last word of the member that this node heard least lately. Each gives one a second.");
        JournalGauges.Register(meter, journals);
    }

    /// <summary>None on a node that is alone.</summary>
    private static IEnumerable<Measurement<double>> Silence(ClusterMap map)
    {
        var silences = map.Current.Members.Where(member => member != map.Current.Self).Select(member => map.SilenceOf(member.Key)).OfType<TimeSpan>().ToList();
        return silences.Count == 0 ? [] : [new Measurement<double>(silences.Max().TotalSeconds)];
    }

    public static void Register(Meter meter, NodeReadiness readiness) =>
        meter.CreateObservableGauge("realtime.ready", () => readiness.Obstacles().Count == 0 ? 1 : 0, "{state}", "1 while clients should be sent here.");
}
