using System.Globalization;
using System.Reflection;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Configuration;
using Realtime.Node.Cluster;
using Realtime.Node.Configuration;
using Realtime.Node.Hosting;
using Realtime.Node.Hosting.Configuration;

namespace Realtime.Tests.Deployment;

/// <summary>The node can run by what the manifests tell it, and the manifests go by what the node does.</summary>
internal static class ConfigurationRules
{
    /// <summary>What a grace period has to leave over: a machine that is busy, a kubelet that is late.</summary>
    private static readonly TimeSpan Margin = TimeSpan.FromSeconds(20);

    public static IReadOnlyList<string> Faults(Manifests all)
    {
        var faults = new List<string>();
        CheckNodes(all, faults);
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
        return settings.StopTimeout + ShutdownTimes.Default.Host + host;
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

        Listens(nodes, "client", settings.Address, settings.Port, faults);
        var preStop = TimeSpan.FromSeconds(nodes.Number("spec.template.spec.containers.0.lifecycle.preStop.sleep.seconds") ?? 0);
        var grace = TimeSpan.FromSeconds(nodes.Number("spec.template.spec.terminationGracePeriodSeconds") ?? 30);
        if (preStop == TimeSpan.Zero)
        {
            faults.Add($"{nodes.Where} is told to stop while balancers still send clients to it");
        }

        var longest = preStop + DrainWindow(Read(nodes, all, faults)) + LongestStop(settings) + Margin;
        if (grace < longest)
        {
            faults.Add($"{nodes.Where} is killed after {grace.TotalSeconds} s, and may need {longest.TotalSeconds} s to stop");
        }

        CheckAddresses(all, settings, faults);
    }

    private static TimeSpan DrainWindow(IConfiguration configuration) =>
        configuration["Realtime:Cluster:DrainWindow"] is { } text && DurationText.TryParse(text, out var window) ? window : TimeSpan.Zero;

    /// <summary>Behind TLS the page's origin is never the address a node is asked at.</summary>
    private static void CheckAddresses(Manifests all, NodeSettings settings, List<string> faults)
    {
        if (all.Of("Ingress").Any() && settings.Origins.Count == 0)
        {
            faults.Add($"{all.Nodes.Where} is behind an ingress and allows no origin: no page can connect");
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
