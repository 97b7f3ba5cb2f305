using System.Globalization;
using System.Text.Json.Nodes;

namespace Realtime.Tests.Deployment;

/// <summary>What the NetworkPolicies let through, worked out as a network would: everything named by both ends.</summary>
internal static class NetworkRules
{
    /// <summary>An end of a connection: labels of the pod and of its namespace. Outside the cluster: neither.</summary>
    internal sealed record End(string Name, IReadOnlyDictionary<string, string> Pod, IReadOnlyDictionary<string, string> Namespace, Workload? Workload = null)
    {
        public static End Of(Workload workload) => new(workload.Name, workload.PodLabels(), Own, workload);

        public static End Outside { get; } = new("outside", new Dictionary<string, string>(), new Dictionary<string, string>());

        public static End In(string space, params (string Key, string Value)[] pod) =>
            new(space, pod.ToDictionary(), space == "realtime" ? Own : new Dictionary<string, string> { ["kubernetes.io/metadata.name"] = space });

        /// <summary>Of the namespace that the overlay makes.</summary>
        public static IReadOnlyDictionary<string, string> Own { get; } = new Dictionary<string, string> { ["kubernetes.io/metadata.name"] = "realtime" };
    }

    public static bool Lets(Manifests all, End from, End to, int port) =>
        Allows(all, from, to, port, "Egress") && Allows(all, to, from, port, "Ingress", to);

    /// <summary>Ports and pods that policies name and that are not there.</summary>
    public static IEnumerable<string> Faults(Manifests all)
    {
        foreach (var policy in all.Of("NetworkPolicy"))
        {
            var selected = all.Workloads.Where(workload => workload.IsSelectedBy(policy.Map("spec.podSelector.matchLabels"))).ToList();
            if (selected.Count == 0 && !IsByHand(policy.Map("spec.podSelector.matchLabels")))
            {
                yield return $"{policy.Where} selects no pods";
            }

            foreach (var port in policy.List("spec.ingress").SelectMany(rule => KubeObject.ListOf(rule["ports"])).Select(port => KubeObject.TextOf(port["port"])!))
            {
                foreach (var workload in selected.Where(workload => PortOf(port, workload) is null))
                {
                    yield return $"{policy.Where} opens port {port}, which {workload.Where} does not have";
                }
            }

            foreach (var rule in policy.List("spec.egress"))
            {
                foreach (var peer in KubeObject.ListOf(rule["to"]).Where(peer => peer["podSelector"] is not null))
                {
                    var targets = all.Workloads.Where(workload => workload.IsSelectedBy(Selector(peer, "podSelector"))).ToList();
                    var ports = KubeObject.ListOf(rule["ports"]).Select(port => KubeObject.TextOf(port["port"])!).ToList();
                    if (targets.Count == 0 || targets.Exists(target => ports.Exists(port => PortOf(port, target) is null)))
                    {
                        yield return $"{policy.Where} leads to pods or ports that are not there: {string.Join(", ", ports)}";
                    }
                }
            }
        }
    }

    /// <summary>Pods that operators start by hand.</summary>
    private static bool IsByHand(IReadOnlyDictionary<string, string> selector) => selector.GetValueOrDefault("app.kubernetes.io/component") == "operator";

    private static bool Allows(Manifests all, End subject, End other, int port, string direction, End? owner = null)
    {
        // Policies are of a namespace, and hold for its pods only.
        if (subject.Namespace != End.Own)
        {
            return true;
        }

        var policies = all.Of("NetworkPolicy")
            .Where(policy => policy.List("spec.policyTypes").Any(type => KubeObject.TextOf(type) == direction))
            .Where(policy => KubeObject.Matches(policy.Map("spec.podSelector.matchLabels"), subject.Pod)).ToList();
        var (rules, peers) = direction == "Ingress" ? ("spec.ingress", "from") : ("spec.egress", "to");
        return policies.Count == 0 || policies.Exists(policy => policy.List(rules).Any(rule =>
            (rule[peers] is null || KubeObject.ListOf(rule[peers]).Any(peer => Is(peer, other))) &&
            (rule["ports"] is null || KubeObject.ListOf(rule["ports"]).Any(allowed => PortOf(KubeObject.TextOf(allowed["port"])!, (owner ?? other).Workload) == port))));
    }

    private static bool Is(JsonNode peer, End end)
    {
        var inside = end.Namespace.Count > 0;
        var space = peer["namespaceSelector"] is null ? end.Namespace == End.Own : inside && KubeObject.Matches(Selector(peer, "namespaceSelector"), end.Namespace);
        return space && (peer["podSelector"] is null || KubeObject.Matches(Selector(peer, "podSelector"), end.Pod));
    }

    private static IReadOnlyDictionary<string, string> Selector(JsonNode peer, string name) => KubeObject.MapOf(KubeObject.At(peer, name + ".matchLabels"));

    /// <summary>A number as it is, a name as the workload's containers have it; null: they do not.</summary>
    private static int? PortOf(string port, Workload? workload)
    {
        if (int.TryParse(port, CultureInfo.InvariantCulture, out var number))
        {
            return workload is null || workload.Ports.Values.Contains(number) ? number : null;
        }

        return workload is not null && workload.Ports.TryGetValue(port, out var named) ? named : null;
    }
}
