using System.Net;
using Realtime.Client;
using Realtime.Tests.Auth;
using Realtime.Tests.Cluster;
using Realtime.Tests.Persistence;
using Realtime.Tests.Support;

namespace Realtime.Tests.Deployment;

/// <summary>The published programs, run as the pods of an overlay would run them: what the manifests tell them is enough to be one cluster.</summary>
[Collection(OneClusterAtATime.Name)]
public sealed class PodsTogetherTests(PublishedPrograms published) : IClassFixture<PublishedPrograms>, IAsyncLifetime
{
    private readonly PostgresEventStoreCase _database = new();

    public async ValueTask InitializeAsync() => await _database.PrepareAsync();

    public async ValueTask DisposeAsync() => await _database.DisposeAsync();

    [Theory]
    [InlineData("local")]
    [InlineData("production")]
    public async Task Pods_of_one_database_are_one_cluster_and_any_node_takes_a_publish_to_any_channel(string overlay)
    {
        Required.OrSkip(SandboxedProgram.Missing);
        var all = Manifests.Render(overlay);
        using var certificates = ClusterCertificate.Make();
        certificates.GiveTo(SandboxedProgram.User);
        var operators = FreePort.Take();
        await using var lighthouse = Start(all, all.Lighthouse, 0, certificates, operators);
        await using var first = Start(all, all.Nodes, 0, certificates);
        await using var second = Start(all, all.Nodes, 1, certificates);
        // Who tries things on their own machine needs none.
        var token = overlay == "local" ? null : Jwt.Sign($$"""{"sub":"ada","exp":{{TimeProvider.System.GetUtcNow().ToUnixTimeSeconds() + 600}}}""", PodEnvironment.TokenKey);
        foreach (var url in new[] { await first.UrlAsync(), await second.UrlAsync() })
        {
            await using var client = new RealtimeClient(new RealtimeClientOptions { Url = url, Token = token });
            await client.ConnectAsync(TestContext.Current.CancellationToken).Within("a session");
            for (var channel = 0; channel < 12; channel++)
            {
                await client.PublishAsync($"chat:room-{channel}", new { text = "hello" }).Within("a publish");
            }
        }

        using var http = new HttpClient();
        var gateway = await lighthouse.UrlAsync();
        foreach (var (_, path) in all.Lighthouse.Probes)
        {
            await AnswersAsync(http, new Uri($"http://localhost:{operators}{path}"));
        }

        foreach (var path in Manifests.Render("production").PathsTo("realtime-lighthouse"))
        {
            await AnswersAsync(http, new Uri(gateway, path));
        }

        (await _database.ScalarAsync("SELECT string_agg(name, ' ' ORDER BY name) FROM rt.member WHERE joined IS NOT NULL AND verdict IS NULL"))
            .ShouldBe("realtime-0 realtime-1 realtime-lighthouse-0");
        (await _database.ScalarAsync("SELECT generation FROM rt.cluster")).ShouldBe(1L, "founded once");
        foreach (var pod in new[] { second, lighthouse, first })
        {
            (await pod.StopAsync()).ShouldBe(0, pod.Output);
        }
    }

    private static Task AnswersAsync(HttpClient http, Uri address) => Soon.IsTrueAsync(
        async () =>
        {
            using var answer = await http.GetAsync(address, TestContext.Current.CancellationToken);
            return answer.StatusCode is HttpStatusCode.OK;
        },
        $"{address} to be well");

    private SandboxedProgram Start(Manifests all, Workload workload, int ordinal, ClusterCertificate certificates, int operators = 0)
    {
        List<string> faults = [];
        var environment = PodEnvironment.Of(workload, workload.Containers.First(), all, faults, ordinal);
        faults.ShouldBeEmpty();
        environment["REALTIME__STORE"] = "postgres:" + _database.Options.Connection;
        environment["REALTIME__NAMESPACES__CHAT__PUBLISH"] = "Anyone";

        // All pods are on one machine here.
        environment["REALTIME__CLUSTER__ADVERTISEDHOST"] = "127.0.0.1";
        environment["REALTIME__PORT"] = "0";
        environment["REALTIME__CLUSTER__PORT"] = "0";
        environment["REALTIME__OPERATOR__PORT"] = $"{operators}";
        foreach (var name in MountedSecret.Naming(environment!))
        {
            environment[name] = certificates.File(environment[name][MountedSecret.Folder.Length..]);
        }

        var (project, program) = workload.IsNode ? ("Realtime.Node", "Realtime.Node.dll") : ("lighthouse", "Realtime.Lighthouse.dll");
        return SandboxedProgram.Start(
            published.Folder(project), program, published.New($"data-{workload.Component}-{ordinal}"), published.New($"here-{workload.Component}-{ordinal}"), environment);
    }
}
