using System.Globalization;
using System.Text.Json.Nodes;

namespace Realtime.Tests.Deployment;

/// <summary>What makes pods: a StatefulSet or a Deployment.</summary>
internal sealed class Workload(JsonNode json) : KubeObject(json)
{
    /// <summary>What the StatefulSet controller adds to each of its pods.</summary>
    public const string PodName = "statefulset.kubernetes.io/pod-name";

    public bool IsOurs => Map("spec.template.metadata.labels").GetValueOrDefault("app.kubernetes.io/name") == "realtime";

    public bool IsNode => IsOurs && Component == "node";

    public string? Component => Map("spec.template.metadata.labels").GetValueOrDefault("app.kubernetes.io/component");

    public IEnumerable<JsonNode> Containers => List("spec.template.spec.containers");

    /// <summary>Named ports of all containers.</summary>
    public IReadOnlyDictionary<string, int> Ports => Containers.SelectMany(container => ListOf(container["ports"]))
        .ToDictionary(port => TextOf(port["name"]) ?? "", port => int.Parse(TextOf(port["containerPort"])!, CultureInfo.InvariantCulture));

    /// <summary>What the kubelet asks the first container, at its named ports.</summary>
    public IEnumerable<(string Port, string Path)> Probes => new[] { "startupProbe", "livenessProbe", "readinessProbe" }
        .Select(probe => At(Containers.First(), probe + ".httpGet")!).Select(get => (TextOf(get["port"])!, TextOf(get["path"])!));

    /// <param name="ordinal">Which pod of a StatefulSet.</param>
    public IReadOnlyDictionary<string, string> PodLabels(int ordinal = 0)
    {
        var labels = new Dictionary<string, string>(Map("spec.template.metadata.labels"));
        if (Kind == "StatefulSet")
        {
            labels[PodName] = $"{Name}-{ordinal}";
        }

        return labels;
    }

    public bool IsSelectedBy(IReadOnlyDictionary<string, string> selector) =>
        Enumerable.Range(0, 16).Any(ordinal => Matches(selector, PodLabels(ordinal)));
}
