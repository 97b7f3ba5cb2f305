using System.Net;
using System.Text.Json.Nodes;
using Realtime.Tests.Hosting;

namespace Realtime.Tests.Lighthouse;

/// <summary>The real program.</summary>
public sealed class ProcessTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task All_faults_of_a_bad_configuration_are_told_at_once_and_the_exit_code_is_2()
    {
        await using var lighthouse = NodeProcess.StartLighthouse(
            _directory.Path,
            new Dictionary<string, string>
            {
                ["LIGHTHOUSE__PROT"] = "1",
                ["LIGHTHOUSE__CLIENTURL"] = "http://x",
                ["LIGHTHOUSE__ORIGINS"] = "https://a.example/path",
                ["SERILOG__MINIMUMLEVEL__DEFAULT"] = "Loud",
            },
            "--port", "abc", "--store", "memory");

        (await lighthouse.ExitAsync()).ShouldBe(2);
        lighthouse.Output.ShouldBeEmpty();
        lighthouse.Faults.Order(StringComparer.Ordinal).ShouldBe(
        [
            "Lighthouse:ClientUrl must be where clients reach the nodes, such as wss://realtime.example.com, is 'http://x'",
            "Lighthouse:Origins:0 must be * or an origin such as https://app.example.com, is 'https://a.example/path'",
            "Lighthouse:PROT is not an option; is Port meant?",
            "Lighthouse:Port must be a whole number, is 'abc'",
            "Lighthouse:Store must be the nodes' store, sqlite:PATH or postgres:CONNECTION, is 'memory'",
            "Serilog: The value Loud is not a valid Serilog level.",
        ]);
    }

    [Fact]
    public async Task Check_config_prints_what_holds_without_the_password_and_starts_nothing()
    {
        await using var lighthouse = NodeProcess.StartLighthouse(
            _directory.Path, null, "--check-config", "--store", "postgres://ann:s3cret@db/realtime");

        (await lighthouse.ExitAsync()).ShouldBe(0);
        lighthouse.Faults.ShouldBeEmpty();
        lighthouse.Output.ShouldContain("Lighthouse:Port = 8090  # default");
        lighthouse.Output[^1].ShouldBe("The configuration is good: port 8090, store postgres:db:5432/realtime.");
        string.Join('\n', lighthouse.Output).ShouldNotContain("s3cret");
    }

    [Fact]
    public async Task It_may_start_before_the_nodes_sees_them_come_and_ends_at_once_on_SIGTERM()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no SIGTERM");
        await using var lighthouse = NodeProcess.StartLighthouse(_directory.Path, null, "--port", "0", "--store", "sqlite:shared.db");
        using var http = new HttpClient { BaseAddress = await lighthouse.UrlAsync() };
        (await http.GetAsync("/v1/gateway", TestContext.Current.CancellationToken)).StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable);

        await using var node = NodeProcess.Start(
            _directory.Path, null, "--node", "a", "--port", "0", "--cluster", "--store", "sqlite:shared.db", "--client-url", "ws://127.0.0.1:9");
        await node.UrlAsync();
        var deadline = TimeProvider.System.GetTimestamp();
        while ((await http.GetAsync("/health/ready", TestContext.Current.CancellationToken)).StatusCode != HttpStatusCode.OK)
        {
            TimeProvider.System.GetElapsedTime(deadline).ShouldBeLessThan(TimeSpan.FromSeconds(60), "the lighthouse has not seen the node");
            await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System, TestContext.Current.CancellationToken);
        }

        var answer = JsonNode.Parse(await http.GetStringAsync("/v1/gateway", TestContext.Current.CancellationToken))!;
        ((string?)answer["url"]).ShouldBe("ws://127.0.0.1:9/v1/connect");

        await lighthouse.SignalAsync("TERM");
        (await lighthouse.ExitAsync()).ShouldBe(0);
        lighthouse.Faults.ShouldBeEmpty();
    }
}
