using System.Reflection;
using Microsoft.Extensions.Configuration;
using Realtime.Node.Cluster;
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
        Check(all.Nodes, "client", all, faults);
        Check(all.Lighthouse, "gateway", all, faults);
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
        var away = settings.Role is ProgramRole.Node ? ShutdownTimes.GiveAway + settings.DrainWindow + Constant(typeof(NodeShutdown), "WindowMargin") : TimeSpan.Zero;
        return away + settings.StopTimeout + ShutdownTimes.Default.Host + Constant(typeof(NodeHost), "HostStopTimeout");
    }

    private static TimeSpan Constant(Type type, string name) => (TimeSpan)type.GetField(name, BindingFlags.Static | BindingFlags.NonPublic)!.GetValue(null)!;

    /// <param name="port">The name of the port that it listens on for clients.</param>
    private static void Check(Workload workload, string port, Manifests all, List<string> faults)
    {
        NodeSettings settings;
        try
        {
            var configuration = Read(workload, all, faults);
            MountedSecret.StandIn(configuration);
            settings = NodeConfiguration.Read(configuration, role: workload.IsNode ? ProgramRole.Node : ProgramRole.Lighthouse).Settings;
        }
        catch (RealtimeConfigurationException bad)
        {
            faults.AddRange(bad.Faults.Select(fault => $"{workload.Where}: {fault}"));
            return;
        }

        CheckListeners(workload, port, settings, faults);
        CheckStop(workload, settings, faults);
        if (all.Of("Ingress").Any() && settings.Origins.Count == 0)
        {
            // Behind TLS the page's origin is never the address that is asked.
            faults.Add($"{workload.Where} is behind an ingress and allows no origin: no page can connect");
        }
    }

    private static void CheckListeners(Workload workload, string port, NodeSettings settings, List<string> faults)
    {
        Listens(port, settings.Address, settings.Port);
        Listens("operator", settings.Operator?.Address, settings.Operator?.Port);

        void Listens(string name, string? address, int? number)
        {
            if (address != "*" || !workload.Ports.TryGetValue(name, out var said) || number != said)
            {
                faults.Add($"{workload.Where} listens on {address}:{number} and says that {name} is {workload.Ports.GetValueOrDefault(name)}");
            }
        }
    }

    private static void CheckStop(Workload workload, NodeSettings settings, List<string> faults)
    {
        var preStop = TimeSpan.FromSeconds(workload.Number("spec.template.spec.containers.0.lifecycle.preStop.sleep.seconds") ?? 0);
        if (preStop == TimeSpan.Zero)
        {
            faults.Add($"{workload.Where} is told to stop while balancers still send clients to it");
        }

        var grace = TimeSpan.FromSeconds(workload.Number("spec.template.spec.terminationGracePeriodSeconds") ?? 30);
        var longest = preStop + LongestStop(settings) + Margin;
        if (grace < longest)
        {
            faults.Add($"{workload.Where} is killed after {grace.TotalSeconds} s, and may need {longest.TotalSeconds} s to stop");
        }
    }
}
