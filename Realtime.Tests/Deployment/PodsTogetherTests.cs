using Realtime.Client;
using Realtime.Tests.Cluster;
using Realtime.Tests.Persistence;
using Realtime.Tests.Support;

namespace Realtime.Tests.Deployment;

/// <summary>The published node, run as pods of one StatefulSet would run it: what the manifests tell them is enough to be one cluster.</summary>
[Collection(OneClusterAtATime.Name)]
public sealed class PodsTogetherTests(PublishedPrograms published) : IClassFixture<PublishedPrograms>, IAsyncLifetime
{
    /// <summary>Where the component cluster-tls mounts the secret.</summary>
    private const string Mounted = "/etc/realtime/cluster/";

    private readonly PostgresEventStoreCase _database = new();

    public async ValueTask InitializeAsync() => await _database.PrepareAsync();

    public async ValueTask DisposeAsync() => await _database.DisposeAsync();

    [Theory]
    [InlineData("local")]
    [InlineData("production")]
    public async Task Pods_of_one_database_are_one_cluster_and_any_of_them_takes_a_publish_to_any_channel(string overlay)
    {
        Required.OrSkip(SandboxedProgram.Missing);
        var all = Manifests.Render(overlay);
        using var certificates = ClusterCertificate.Make();
        certificates.GiveTo(SandboxedProgram.User);
        await using var first = Start(all, 0, certificates);
        await using var second = Start(all, 1, certificates);
        foreach (var url in new[] { await first.UrlAsync(), await second.UrlAsync() })
        {
            await using var client = new RealtimeClient(new RealtimeClientOptions { Url = url });
            await client.ConnectAsync(TestContext.Current.CancellationToken).Within("a session");
            for (var channel = 0; channel < 12; channel++)
            {
                await client.PublishAsync($"chat:room-{channel}", new { text = "hello" }).Within($"a publish: {first.Output}\n{second.Output}");
            }
        }

        (await _database.ScalarAsync("SELECT string_agg(name, ' ' ORDER BY name) FROM rt.member WHERE joined IS NOT NULL AND verdict IS NULL")).ShouldBe("realtime-0 realtime-1");
        (await _database.ScalarAsync("SELECT generation FROM rt.cluster")).ShouldBe(1L, "founded once");
        (await second.StopAsync()).ShouldBe(0, second.Output);
        (await first.StopAsync()).ShouldBe(0, first.Output);
    }

    private SandboxedProgram Start(Manifests all, int ordinal, ClusterCertificate certificates)
    {
        List<string> faults = [];
        var environment = PodEnvironment.Of(all.Nodes, all.Nodes.Containers.First(), all, faults, ordinal);
        faults.ShouldBeEmpty();
        environment["REALTIME__STORE"] = "postgres:" + _database.Options.Connection;
        environment["REALTIME__NAMESPACES__CHAT__PUBLISH"] = "Anyone";

        // All pods are on one machine here.
        environment["REALTIME__CLUSTER__ADVERTISEDHOST"] = "127.0.0.1";
        foreach (var port in (ReadOnlySpan<string>)["REALTIME__PORT", "REALTIME__CLUSTER__PORT", "REALTIME__OPERATOR__PORT"])
        {
            environment[port] = "0";
        }

        foreach (var (name, value) in environment.Where(pair => pair.Value.StartsWith(Mounted, StringComparison.Ordinal)).ToList())
        {
            environment[name] = certificates.File(value[Mounted.Length..]);
        }

        return SandboxedProgram.Start(published.Folder("Realtime.Node"), "Realtime.Node.dll", published.New($"data-{ordinal}"), published.New($"here-{ordinal}"), environment);
    }
}
