using static Realtime.Tests.Deployment.NetworkRules;

namespace Realtime.Tests.Deployment;

/// <summary>The overlays of k8s as they are rendered, held against themselves and against the programs.</summary>
public sealed class ManifestTests
{
    public static TheoryData<string> Overlays => [.. Manifests.Overlays];

    [Theory]
    [MemberData(nameof(Overlays))]
    public void What_objects_refer_to_is_there(string overlay) => ReferenceRules.Faults(Manifests.Render(overlay)).ShouldBeEmpty();

    [Theory]
    [MemberData(nameof(Overlays))]
    public void Pods_have_no_rights_and_say_what_they_need(string overlay) => PodRules.Faults(Manifests.Render(overlay)).ShouldBeEmpty();

    [Theory]
    [MemberData(nameof(Overlays))]
    public void The_programs_take_the_configuration_and_have_time_to_stop(string overlay) => ConfigurationRules.Faults(Manifests.Render(overlay)).ShouldBeEmpty();

    [Theory]
    [MemberData(nameof(Overlays))]
    public void Network_policies_name_what_is_there(string overlay) => NetworkRules.Faults(Manifests.Render(overlay)).ShouldBeEmpty();

    [Theory]
    [MemberData(nameof(Overlays))]
    public void The_network_lets_through_what_is_needed_and_nothing_else(string overlay)
    {
        var all = Manifests.Render(overlay);
        var node = End.Of(all.Nodes);
        var ingress = End.In("ingress-nginx", ("app.kubernetes.io/name", "ingress-nginx"));
        var prometheus = End.In("monitoring", ("app", "prometheus"));
        var pbm = End.In("realtime", ("app.kubernetes.io/name", "realtime"), ("app.kubernetes.io/component", "operator"));
        var stranger = End.In("realtime", ("app", "other"));
        var database = all.Workloads.FirstOrDefault(workload => workload.Component == "store") is { } store ? End.Of(store) : End.Outside;
        var dns = End.In("kube-system", ("k8s-app", "kube-dns"));
        (End From, End To, int Port, bool Passes)[] flows =
        [
            (ingress, node, 8080, true), (End.Outside, node, 8080, true),
            (node, database, 5432, true), (node, dns, 53, true), (pbm, dns, 53, true),
            (prometheus, node, 9080, true), (pbm, node, 9080, true),
            (End.Outside, node, 9080, false), (ingress, node, 9080, false), (stranger, node, 9080, false), (node, node, 9080, false),
            (node, End.Outside, 443, false), (pbm, database, 5432, false),
        ];

        flows.Where(flow => Lets(all, flow.From, flow.To, flow.Port) != flow.Passes)
            .Select(flow => $"{flow.From.Name} {(flow.Passes ? "cannot" : "can")} reach {flow.To.Name}:{flow.Port}").ShouldBeEmpty();
    }

    /// <summary>A second node would find the store in use and end, over and over.</summary>
    [Theory]
    [MemberData(nameof(Overlays))]
    public void There_is_one_node_and_nothing_that_makes_more(string overlay)
    {
        var all = Manifests.Render(overlay);

        all.Nodes.Kind.ShouldBe("StatefulSet", "a Deployment starts the next pod beside the last one");
        all.Nodes.Number("spec.replicas").ShouldBe(1);
        all.Of("HorizontalPodAutoscaler").ShouldBeEmpty();
        all.Workloads.Where(workload => workload.IsOurs).ShouldHaveSingleItem();
    }

    [Fact]
    public void Only_the_overlay_for_trying_brings_secrets_and_a_database()
    {
        foreach (var overlay in Manifests.Overlays)
        {
            var all = Manifests.Render(overlay);
            all.Of("Secret").Any().ShouldBe(overlay == "local", overlay);
            all.Workloads.Any(workload => !workload.IsOurs).ShouldBe(overlay == "local", overlay);
        }
    }

    [Fact]
    public void Every_overlay_is_looked_at() =>
        Directory.GetDirectories(Path.Combine(SourceTree.Root, "k8s", "overlays")).Select(folder => Path.GetFileName(folder)!).Order(StringComparer.Ordinal)
            .ShouldBe(Manifests.Overlays);
}
