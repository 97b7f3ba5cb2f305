using System.Globalization;
using System.Reflection;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Configuration;
using Realtime.Lighthouse;
using Realtime.Node.Configuration;
using Realtime.Node.Hosting;
using Realtime.Node.Hosting.Configuration;

namespace Realtime.Tests.Deployment;

/// <summary>The programs can run by what the manifests tell them, and the manifests go by what the programs do.</summary>
internal static class ConfigurationRules
{
    /// <summary>What a grace period has to leave over: a machine that is busy, a kubelet that is late.</summary>
    private static readonly TimeSpan Margin = TimeSpan.FromSeconds(20);

    public static IReadOnlyList<string> Faults(Manifests all)
    {
        var faults = new List<string>();
        CheckNodes(all, faults);
        CheckLighthouse(all, faults);
        return faults;
    }

    /// <summary>What the program makes of the environment of a pod. The shipped appsettings.json is beside it in the image, and so it is here.</summary>
    public static IConfiguration Read(Workload workload, Manifests all, ICollection<string> faults, int ordinal = 0)
    {
        var environment = PodEnvironment.Of(workload, workload.Containers.First(), all, faults, ordinal);
        return new ConfigurationBuilder()
            .AddJsonFile(Path.Combine(SourceTree.Root, "Realtime.Node", "appsettings.json"))
            .AddInMemoryCollection(environment.Select(pair => KeyValuePair.Create(pair.Key.Replace("__", ":", StringComparison.Ordinal), (string?)pair.Value))).Build();
    }

    /// <summary>From SIGTERM to the end of the process, if every phase of <see cref="NodeShutdown"/> takes as long as it may.</summary>
    public static TimeSpan LongestStop(NodeSettings settings)
    {
        var host = (TimeSpan)typeof(NodeHost).GetField("HostStopTimeout", BindingFlags.Static | BindingFlags.NonPublic)!.GetValue(null)!;
        var (handOff, goodbye, leave) = (settings.StopTimeout, settings.StopTimeout, settings.StopTimeout);
        return handOff + settings.Cluster!.DrainWindow + TimeSpan.FromSeconds(1) + goodbye + leave + host;
    }

    private static void CheckNodes(Manifests all, List<string> faults)
    {
        var nodes = all.Nodes;
        NodeSettings settings;
        try
        {
            settings = NodeConfiguration.Read(Read(nodes, all, faults)).Settings;
        }
        catch (RealtimeConfigurationException bad)
        {
            faults.AddRange(bad.Faults.Select(fault => $"{nodes.Where}: {fault}"));
            return;
        }

        if (settings.Cluster is null)
        {
            faults.Add($"{nodes.Where} is no member of a cluster: every pod would be a world of its own");
            return;
        }

        Listens(nodes, "client", settings.Address, settings.Port, faults);
        Listens(nodes, "peers", settings.Cluster.PeerAddress, settings.Cluster.PeerPort, faults);
        var preStop = TimeSpan.FromSeconds(nodes.Number("spec.template.spec.containers.0.lifecycle.preStop.sleep.seconds") ?? 0);
        var grace = TimeSpan.FromSeconds(nodes.Number("spec.template.spec.terminationGracePeriodSeconds") ?? 30);
        if (preStop == TimeSpan.Zero)
        {
            faults.Add($"{nodes.Where} is told to stop while balancers still send clients to it");
        }

        if (grace < preStop + LongestStop(settings) + Margin)
        {
            faults.Add($"{nodes.Where} is killed after {grace.TotalSeconds} s, and may need {(preStop + LongestStop(settings) + Margin).TotalSeconds} s to stop");
        }

        if (settings.MaxConnections < settings.Cluster.Capacity)
        {
            faults.Add($"{nodes.Where} is meant for {settings.Cluster.Capacity} sessions and takes {settings.MaxConnections} connections");
        }

        CheckScale(all, settings, faults);
        CheckAddresses(all, settings, faults);
    }

    private static void CheckScale(Manifests all, NodeSettings settings, List<string> faults)
    {
        foreach (var scaler in all.Of("HorizontalPodAutoscaler"))
        {
            var target = int.Parse(scaler.Text("spec.metrics.0.pods.target.averageValue") ?? "0", CultureInfo.InvariantCulture);
            if (target == 0 || target > settings.Cluster!.Capacity * 4 / 5)
            {
                faults.Add($"{scaler.Where} lets {target} connections stand on a node of {settings.Cluster!.Capacity}");
            }

            // Two that can be lost are still one that is left.
            if (scaler.Number("spec.minReplicas") is null or < 3)
            {
                faults.Add($"{scaler.Where} may leave fewer than three nodes");
            }

            var most = scaler.Number("spec.maxReplicas") ?? 0;
            for (var ordinal = 0; ordinal < most && settings.Cluster!.ClientUrl is not null; ordinal++)
            {
                var url = new Uri(NodeConfiguration.Read(Read(all.Nodes, all, faults, ordinal)).Settings.Cluster!.ClientUrl!);
                if (!LeadsToPod(all, url, $"{all.Nodes.Name}-{ordinal}"))
                {
                    faults.Add($"{all.Nodes.Where}: {url} does not lead to pod {ordinal}, which {scaler.Where} may start");
                }
            }
        }
    }

    /// <summary>Behind TLS the page's origin is never the address a node is asked at, and a lighthouse of nodes without addresses needs one for them.</summary>
    private static void CheckAddresses(Manifests all, NodeSettings settings, List<string> faults)
    {
        if (all.Of("Ingress").Any() && settings.Origins.Count == 0)
        {
            faults.Add($"{all.Nodes.Where} is behind an ingress and allows no origin: no page can connect");
        }
    }

    private static bool LeadsToPod(Manifests all, Uri url, string pod)
    {
        var services = all.Of("Ingress").SelectMany(ingress => ingress.List("spec.rules"))
            .Where(rule => KubeObject.TextOf(rule["host"]) == url.Host)
            .SelectMany(rule => KubeObject.ListOf(KubeObject.At(rule, "http.paths")))
            .Where(path => KubeObject.TextOf(path["path"]) == "/v1/connect")
            .Select(path => KubeObject.TextOf(KubeObject.At(path, "backend.service.name")));
        return services.Any(name => all.Find("Service", name)?.Map("spec.selector").GetValueOrDefault(Workload.PodName) == pod);
    }

    private static void CheckLighthouse(Manifests all, List<string> faults)
    {
        var lighthouse = all.Lighthouse;
        try
        {
            var options = LighthouseConfiguration.Read(Read(lighthouse, all, faults)).Options;
            Listens(lighthouse, "gateway", options.Address!, options.Port, faults);
            var host = options.ClientUrl is { } url ? new Uri(url).Host : null;
            var hosts = all.Of("Ingress").SelectMany(ingress => ingress.List("spec.rules")).Select(rule => KubeObject.TextOf(rule["host"])).ToList();
            if (hosts.Count > 0 && !hosts.Contains(host))
            {
                faults.Add($"{lighthouse.Where} sends clients to {host ?? "nobody"}, which no ingress knows");
            }

            if (hosts.Count > 0 && options.Origins.Count == 0)
            {
                faults.Add($"{lighthouse.Where} is behind an ingress and allows no origin: no page can ask");
            }
        }
        catch (RealtimeConfigurationException bad)
        {
            faults.AddRange(bad.Faults.Select(fault => $"{lighthouse.Where}: {fault}"));
        }
    }

    private static void Listens(Workload workload, string name, string address, int port, List<string> faults)
    {
        if (address != "*" || !workload.Ports.TryGetValue(name, out var number) || number != port)
        {
            faults.Add($"{workload.Where} listens on {address}:{port} and says that {name} is {workload.Ports.GetValueOrDefault(name)}");
        }
    }
}
