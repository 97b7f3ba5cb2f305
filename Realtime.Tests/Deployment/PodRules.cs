using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using Realtime.Tests.Architecture;

namespace Realtime.Tests.Deployment;

/// <summary>What every pod has to have: no rights, limits, probes, an image that says which one it is.</summary>
internal static partial class PodRules
{
    private static readonly string Version = XDocument.Parse(RepositoryFiles.Get("Directory.Build.props").Text).Descendants("Version").Single().Value;

    public static IEnumerable<string> Faults(Manifests all) => all.Workloads.SelectMany(workload =>
        (IEnumerable<string>)[.. PodFaults(workload), .. workload.Containers.SelectMany(container => ContainerFaults(workload, container))]);

    private static IEnumerable<string> PodFaults(Workload workload)
    {
        foreach (var (path, wanted) in (ReadOnlySpan<(string, string)>)
        [
            ("automountServiceAccountToken", "false"), ("enableServiceLinks", "false"), ("securityContext.runAsNonRoot", "true"),
            ("securityContext.seccompProfile.type", "RuntimeDefault"),
        ])
        {
            if (workload.Text("spec.template.spec." + path) is var found && !string.Equals(found, wanted, StringComparison.OrdinalIgnoreCase))
            {
                return [$"{workload.Where}: {path} is {found ?? "missing"} and not {wanted}"];
            }
        }

        return workload.Number("spec.template.spec.securityContext.runAsUser") is null or 0 ? [$"{workload.Where} does not say as which user it runs"] : [];
    }

    private static IEnumerable<string> ContainerFaults(Workload workload, JsonNode container)
    {
        var where = $"{workload.Where}/{KubeObject.TextOf(container["name"])}";
        foreach (var (path, wanted) in new[] { ("allowPrivilegeEscalation", "false"), ("readOnlyRootFilesystem", "true"), ("capabilities.drop.0", "ALL") })
        {
            if (KubeObject.TextOf(KubeObject.At(container, "securityContext." + path)) is var found && !string.Equals(found, wanted, StringComparison.OrdinalIgnoreCase))
            {
                yield return $"{where}: {path} is {found ?? "missing"} and not {wanted}";
            }
        }

        foreach (var path in new[] { "requests.cpu", "requests.memory", "limits.memory" }.Where(path => KubeObject.At(container, "resources." + path) is null))
        {
            yield return $"{where} does not say {path}";
        }

        if (KubeObject.At(container, "resources.limits.cpu") is not null)
        {
            yield return $"{where} has a limit of CPU: a throttled node misses heartbeats";
        }

        foreach (var probe in new[] { "startupProbe", "readinessProbe", "livenessProbe" }.Where(probe => container[probe] is null))
        {
            yield return $"{where} has no {probe}";
        }

        var ports = KubeObject.ListOf(container["ports"]).Select(port => KubeObject.TextOf(port["name"])).ToHashSet();
        foreach (var get in new[] { "startupProbe", "readinessProbe", "livenessProbe" }.Select(probe => KubeObject.At(container, probe + ".httpGet")).OfType<JsonNode>())
        {
            if (!ports.Contains(KubeObject.TextOf(get["port"])))
            {
                yield return $"{where} is probed at port {KubeObject.TextOf(get["port"])}, which it does not name";
            }
        }

        if (workload.IsOurs && KubeObject.TextOf(KubeObject.At(container, "livenessProbe.httpGet.port")) != "operator")
        {
            yield return $"{where} is killed when its clients' port is full";
        }

        var image = KubeObject.TextOf(container["image"]) ?? "";
        if (Tag().Match(image) is not { Success: true } tag || tag.Groups[1].Value == "latest")
        {
            yield return $"{where}: {image} has no tag that stays what it is";
        }
        else if (workload.IsOurs && tag.Groups[1].Value != Version)
        {
            yield return $"{where}: {image} is not version {Version} of Directory.Build.props";
        }
    }

    [GeneratedRegex(@":([\w.-]+)$")]
    private static partial Regex Tag();
}
