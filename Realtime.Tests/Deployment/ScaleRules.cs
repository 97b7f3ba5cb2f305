using System.Globalization;
using System.Text.RegularExpressions;
using Microsoft.Extensions.Configuration;
using Realtime.Node.Persistence.Store.Postgres;

namespace Realtime.Tests.Deployment;

/// <summary>What grows with the nodes has room for as many as there may be: capacity, addresses of pods, the database that an overlay brings.</summary>
internal static partial class ScaleRules
{
    /// <summary>Of a node: its pool, and those that stay apart from it.</summary>
    private static readonly int ConnectionsOfOne = new PostgresEventStoreOptions("").Connections + 1;

    /// <summary>PostgreSQL's own for superusers, by default.</summary>
    private const int Reserved = 3;

    public static IEnumerable<string> Faults(Manifests all)
    {
        List<string> unread = [];
        var configuration = ConfigurationRules.Read(all.Nodes, all, unread);
        var (capacity, connections) = (Number(configuration, "Cluster:Capacity"), Number(configuration, "MaxConnections"));
        if (connections < capacity)
        {
            yield return $"{all.Nodes.Where} is meant for {capacity} sessions and takes {connections} connections";
        }

        foreach (var fault in all.Of("HorizontalPodAutoscaler").SelectMany(scaler => ScalerFaults(scaler, capacity)))
        {
            yield return fault;
        }

        if (Least(all) < 3)
        {
            // Two that can be lost are still one that is left.
            yield return $"{all.Nodes.Where} may have fewer than three nodes";
        }

        for (var ordinal = 0; ordinal < Most(all); ordinal++)
        {
            if (ConfigurationRules.Read(all.Nodes, all, unread, ordinal)["Realtime:Cluster:ClientUrl"] is { } url && !LeadsToPod(all, url, $"{all.Nodes.Name}-{ordinal}"))
            {
                yield return $"{all.Nodes.Where}: {url} does not lead to pod {ordinal}, which there may be";
            }
        }

        foreach (var database in all.Workloads.Where(workload => workload.Component == "store"))
        {
            var most = database.Containers.SelectMany(container => KubeObject.ListOf(container["args"])).Select(argument => MaxConnections().Match(KubeObject.TextOf(argument)!))
                .Where(match => match.Success).Select(match => int.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture)).FirstOrDefault(100);

            // One of each more: the connections of a pod that was killed are still there when the next one comes.
            var wanted = all.Workloads.Where(workload => workload.IsOurs).Sum(workload => workload.IsNode ? Most(all) + 1 : (workload.Number("spec.replicas") ?? 1) + 1) * ConnectionsOfOne + Reserved;
            if (most < wanted)
            {
                yield return $"{database.Where} takes {most} connections, and may be asked for {wanted}";
            }
        }
    }

    private static IEnumerable<string> ScalerFaults(KubeObject scaler, int capacity)
    {
        var target = int.Parse(scaler.Text("spec.metrics.0.pods.target.averageValue") ?? "0", CultureInfo.InvariantCulture);
        if (target == 0 || target > capacity * 4 / 5)
        {
            yield return $"{scaler.Where} lets {target} connections stand on a node of {capacity}";
        }

        if (scaler.Number("spec.behavior.scaleDown.policies.0.value") is not 1 || scaler.List("spec.behavior.scaleDown.policies").Count() != 1)
        {
            yield return $"{scaler.Where} may take away more than one node at a time";
        }
    }

    private static int Least(Manifests all) => all.Of("HorizontalPodAutoscaler").Select(scaler => scaler.Number("spec.minReplicas")).FirstOrDefault(all.Nodes.Number("spec.replicas")) ?? 1;

    private static int Most(Manifests all) => all.Of("HorizontalPodAutoscaler").Select(scaler => scaler.Number("spec.maxReplicas")).FirstOrDefault(all.Nodes.Number("spec.replicas")) ?? 1;

    private static bool LeadsToPod(Manifests all, string url, string pod)
    {
        var host = Uri.TryCreate(url, UriKind.Absolute, out var address) ? address.Host : null;
        var services = all.Of("Ingress").SelectMany(ingress => ingress.List("spec.rules"))
            .Where(rule => KubeObject.TextOf(rule["host"]) == host)
            .SelectMany(rule => KubeObject.ListOf(KubeObject.At(rule, "http.paths")))
            .Where(path => KubeObject.TextOf(path["path"]) == "/v1/connect")
            .Select(path => KubeObject.TextOf(KubeObject.At(path, "backend.service.name")));
        return services.Any(name => all.Find("Service", name)?.Map("spec.selector").GetValueOrDefault(Workload.PodName) == pod);
    }

    private static int Number(IConfiguration configuration, string option) => int.Parse(configuration["Realtime:" + option] ?? "0", CultureInfo.InvariantCulture);

    [GeneratedRegex(@"^max_connections=(\d+)$")]
    private static partial Regex MaxConnections();
}
