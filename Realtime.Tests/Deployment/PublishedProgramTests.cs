using System.Net;
using Realtime.Client;
using Realtime.Node.Configuration;
using Realtime.Tests.Support;

namespace Realtime.Tests.Deployment;

/// <summary>The published programs, run as their pods would run them: with the environment of the manifests, without rights, on a root that cannot be written.</summary>
public sealed class PublishedProgramTests(PublishedPrograms published) : IClassFixture<PublishedPrograms>
{
    [Fact]
    public async Task A_node_serves_as_its_pod_would_and_answers_its_probes_and_stops()
    {
        Required.OrSkip(SandboxedProgram.Missing);
        var (folder, data, here) = (published.Folder("Realtime.Node"), published.New("data"), published.New("here"));
        var before = Directory.GetFiles(folder, "*", SearchOption.AllDirectories);
        var all = Manifests.Render("local");
        var operatorPort = FreePort.Take();
        await using var node = SandboxedProgram.Start(folder, "Realtime.Node.dll", data, here, EnvironmentOf(all.Nodes, all, "REALTIME", data, new()
        {
            ["REALTIME__PORT"] = "0",
            ["REALTIME__CLUSTER__PORT"] = "0",
            ["REALTIME__OPERATOR__PORT"] = $"{operatorPort}",
        }));
        var url = await node.UrlAsync();

        await using (var client = new RealtimeClient(new RealtimeClientOptions { Url = url }))
        {
            await client.ConnectAsync(TestContext.Current.CancellationToken).Within("a session");
            await client.PublishAsync("chat:lobby", new { text = "hello" }).Within("a publish");
        }

        using var http = new HttpClient();
        foreach (var (port, path) in all.Nodes.Probes)
        {
            var address = port == "operator" ? new Uri($"http://localhost:{operatorPort}") : url;
            (await StatusAsync(http, new Uri(address, path))).ShouldBe(HttpStatusCode.OK, $"{port} {path}");
        }

        var key = PodEnvironment.Of(all.Nodes, all.Nodes.Containers.First(), all, [])["REALTIME__OPERATOR__KEY"];
        await using (var pbm = SandboxedProgram.Start(published.Folder("pbm"), "pbm.dll", published.New("pbm-data"), here, new Dictionary<string, string>
        {
            ["PBM_URL"] = $"http://localhost:{operatorPort}", ["PBM_KEY"] = key, ["DOTNET_EnableDiagnostics"] = "0",
        }, "cluster", "show", "--json"))
        {
            (await pbm.ExitAsync()).ShouldBe(0, pbm.Output);
            pbm.Output.ShouldContain("realtime-0");
        }

        var routed = Manifests.Render("production-direct");
        foreach (var path in routed.PathsTo("realtime").Distinct())
        {
            (await StatusAsync(http, new Uri(url, path))).ShouldBe(path == "/v1/connect" ? HttpStatusCode.UpgradeRequired : HttpStatusCode.OK, path);
        }

        (await node.StopAsync()).ShouldBe(0, node.Output);
        Directory.GetFileSystemEntries(here).ShouldBeEmpty();
        Directory.GetFiles(folder, "*", SearchOption.AllDirectories).ShouldBe(before);
        File.Exists(Path.Combine(data, "realtime.db")).ShouldBeTrue();
    }

    [Fact]
    public async Task A_node_whose_store_cannot_be_written_says_so_and_ends()
    {
        Required.OrSkip(SandboxedProgram.Missing);
        var here = published.New("closed-here");
        await using var node = SandboxedProgram.Start(
            published.Folder("Realtime.Node"), "Realtime.Node.dll", published.New("closed-data"), here, new Dictionary<string, string> { ["REALTIME__PORT"] = "0", ["DOTNET_EnableDiagnostics"] = "0" });

        (await node.ExitAsync()).ShouldBe(ExitCodes.StoreCannotOpen, node.Output);
        node.Output.ShouldContain("realtime.db");
    }

    [Theory]
    [InlineData("Realtime.Node", 40)]
    [InlineData("lighthouse", 40)]
    public void A_published_folder_has_native_code_for_servers_only(string project, int mebibytes)
    {
        var folder = published.Folder(project);

        Directory.GetDirectories(Path.Combine(folder, "runtimes")).Select(path => Path.GetFileName(path)!).Order(StringComparer.Ordinal).ShouldBe(["linux-arm64", "linux-x64"]);
        Directory.GetFiles(folder, "*", SearchOption.AllDirectories).Sum(file => new FileInfo(file).Length).ShouldBeLessThan(mebibytes * 1024L * 1024);
    }

    /// <summary>What the kubelet would set, with a store of the test's.</summary>
    private static Dictionary<string, string> EnvironmentOf(Workload workload, Manifests all, string prefix, string data, Dictionary<string, string> changed)
    {
        List<string> faults = [];
        var environment = PodEnvironment.Of(workload, workload.Containers.First(), all, faults);
        faults.ShouldBeEmpty();
        environment[$"{prefix}__STORE"] = $"sqlite:{data}/realtime.db";

        // The base image's, which the programs must not listen to.
        environment["ASPNETCORE_HTTP_PORTS"] = "8080";
        foreach (var (name, value) in changed)
        {
            environment[name] = value;
        }

        return environment;
    }

    private static async Task<HttpStatusCode> StatusAsync(HttpClient http, Uri address)
    {
        using var answer = await http.GetAsync(address, TestContext.Current.CancellationToken);
        return answer.StatusCode;
    }
}
