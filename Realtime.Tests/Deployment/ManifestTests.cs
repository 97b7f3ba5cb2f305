using System.Text.RegularExpressions;
using Realtime.Tests.Architecture;
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
    public void The_members_find_and_trust_each_other(string overlay) => ClusterRules.Faults(Manifests.Render(overlay)).ShouldBeEmpty();

    [Theory]
    [MemberData(nameof(Overlays))]
    public void There_is_room_for_as_many_nodes_as_there_may_be(string overlay) => ScaleRules.Faults(Manifests.Render(overlay)).ShouldBeEmpty();

    [Theory]
    [MemberData(nameof(Overlays))]
    public void Network_policies_name_what_is_there(string overlay) => NetworkRules.Faults(Manifests.Render(overlay)).ShouldBeEmpty();

    [Theory]
    [MemberData(nameof(Overlays))]
    public void The_network_lets_through_what_is_needed_and_nothing_else(string overlay)
    {
        var all = Manifests.Render(overlay);
        var (node, lighthouse) = (End.Of(all.Nodes), End.Of(all.Lighthouse));
        var ingress = End.In("ingress-nginx", ("app.kubernetes.io/name", "ingress-nginx"));
        var prometheus = End.In("monitoring", ("app", "prometheus"));
        var pbm = End.In("realtime", ("app.kubernetes.io/name", "realtime"), ("app.kubernetes.io/component", "operator"));
        var stranger = End.In("realtime", ("app", "other"));
        var database = all.Workloads.FirstOrDefault(workload => workload.Component == "store") is { } store ? End.Of(store) : End.Outside;
        var dns = End.In("kube-system", ("k8s-app", "kube-dns"));
        (End From, End To, int Port, bool Passes)[] flows =
        [
            (ingress, node, 8080, true), (End.Outside, node, 8080, true),
            (node, node, 4053, true), (End.Outside, node, 4053, false), (ingress, node, 4053, false), (stranger, node, 4053, false), (prometheus, node, 4053, false), (pbm, node, 4053, false),
            (ingress, lighthouse, 8090, true), (End.Outside, lighthouse, 8090, true),
            (node, lighthouse, 4053, true), (lighthouse, node, 4053, true), (lighthouse, lighthouse, 4053, true), (End.Outside, lighthouse, 4053, false), (pbm, lighthouse, 4053, false),
            (node, database, 5432, true), (lighthouse, database, 5432, true), (node, dns, 53, true), (lighthouse, dns, 53, true), (pbm, dns, 53, true),
            (prometheus, node, 9080, true), (pbm, node, 9080, true), (prometheus, lighthouse, 9090, true), (pbm, lighthouse, 9090, true),
            (End.Outside, lighthouse, 9090, false), (ingress, lighthouse, 9090, false), (stranger, lighthouse, 9090, false), (node, lighthouse, 9090, false), (lighthouse, node, 9080, false),
            (End.Outside, node, 9080, false), (ingress, node, 9080, false), (stranger, node, 9080, false), (node, node, 9080, false),
            (node, End.Outside, 443, false), (lighthouse, End.Outside, 443, false), (pbm, database, 5432, false),
        ];

        flows.Where(flow => Lets(all, flow.From, flow.To, flow.Port) != flow.Passes)
            .Select(flow => $"{flow.From.Name} {(flow.Passes ? "cannot" : "can")} reach {flow.To.Name}:{flow.Port}").ShouldBeEmpty();
    }

    [Theory]
    [InlineData("local", null)]
    [InlineData("production", null)]
    [InlineData("production-direct", "wss://realtime-4.realtime.example.com")]
    public void Clients_choose_a_pod_where_every_pod_has_an_address(string overlay, string? url)
    {
        var all = Manifests.Render(overlay);

        ConfigurationRules.Read(all.Nodes, all, [], ordinal: 4)["Realtime:Cluster:ClientUrl"].ShouldBe(url);
    }

    /// <summary>The next pod of a name starts when the last one has ended, and one pod after the other is replaced.</summary>
    [Theory]
    [MemberData(nameof(Overlays))]
    public void Nodes_start_side_by_side_and_are_replaced_one_by_one(string overlay)
    {
        var all = Manifests.Render(overlay);

        all.Nodes.Kind.ShouldBe("StatefulSet");
        all.Nodes.Text("spec.podManagementPolicy").ShouldBe("Parallel");
        all.Nodes.Text("spec.updateStrategy.type").ShouldBe("RollingUpdate");
        all.Nodes.At("spec.updateStrategy.rollingUpdate").ShouldBeNull("one by one is what happens when nothing is said");
        all.Nodes.Number("spec.minReadySeconds").ShouldNotBeNull().ShouldBeGreaterThan(0);
        foreach (var budget in all.Of("PodDisruptionBudget"))
        {
            budget.Number("spec.maxUnavailable").ShouldBe(1, budget.Where);
        }
    }

    [Theory]
    [MemberData(nameof(Overlays))]
    public void The_next_lighthouse_is_there_before_the_last_one_goes(string overlay)
    {
        var lighthouse = Manifests.Render(overlay).Lighthouse;

        lighthouse.Kind.ShouldBe("Deployment");
        lighthouse.Number("spec.strategy.rollingUpdate.maxUnavailable").ShouldBe(0);
        lighthouse.Number("spec.replicas").ShouldBe(overlay == "local" ? 1 : 2);
    }

    [Fact]
    public void Only_for_trying_nodes_speak_in_plain_text()
    {
        foreach (var overlay in Manifests.Overlays)
        {
            var all = Manifests.Render(overlay);
            foreach (var workload in all.Workloads.Where(workload => workload.IsOurs))
            {
                ConfigurationRules.Read(workload, all, [])["Realtime:Cluster:Tls"].ShouldBe(overlay == "local" ? "off" : "mutual", $"{overlay}: {workload.Where}");
            }
        }
    }

    /// <summary>The rules ask for the series of one job; Prometheus' operator would name the job after the service.</summary>
    [Fact]
    public void The_monitor_s_job_is_the_one_that_the_alarms_are_about()
    {
        var all = Manifests.Render("production");
        var jobs = Regex.Matches(RepositoryFiles.Get("docs/monitoring/alerts.yaml").Text, "job=\"([^\"]*)\"").Select(match => match.Groups[1].Value).Distinct();
        foreach (var monitor in all.Of("ServiceMonitor"))
        {
            ServicesOf(all, monitor).Select(service => service.Labels[monitor.Text("spec.jobLabel")!]).ShouldBe(jobs);
        }
    }

    [Fact]
    public void Every_program_of_ours_is_asked_for_its_metrics()
    {
        var all = Manifests.Render("production");
        var asked = all.Of("ServiceMonitor").SelectMany(monitor => ServicesOf(all, monitor)).ToList();

        all.Workloads.Where(workload => workload.IsOurs).ShouldAllBe(workload => asked.Count(service => workload.IsSelectedBy(service.Map("spec.selector"))) == 1);
    }

    private static IEnumerable<KubeObject> ServicesOf(Manifests all, KubeObject monitor) =>
        all.Of("Service").Where(service => KubeObject.Matches(monitor.Map("spec.selector.matchLabels"), service.Labels));

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
