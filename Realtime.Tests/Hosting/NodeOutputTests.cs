using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;

namespace Realtime.Tests.Hosting;

/// <summary>What a running node writes: for people in Development, for machines otherwise, and never a secret.</summary>
public sealed class NodeOutputTests : IDisposable
{
    private const string Key = "canary-key-0123456789-0123456789-0123456789";
    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Theory]
    [InlineData("Production", true)]
    [InlineData("Development", false)]
    public async Task Lines_are_JSON_in_production_and_text_in_development_and_never_show_secrets(string environment, bool isJson)
    {
        await using var node = NodeProcess.Start(
            _directory.Path,
            new Dictionary<string, string>
            {
                ["DOTNET_ENVIRONMENT"] = environment,
                ["REALTIME__AUTH__DEVELOPMENTKEY"] = Key,
                ["REALTIME__LOG__LEVEL"] = "Verbose",
                
                // In the case of the namespace: Serilog compares names exactly.
                ["SERILOG__MINIMUMLEVEL__OVERRIDE__Microsoft"] = "Verbose",
            },
            "--port", "0", "--store", "memory");
        var url = await node.UrlAsync();
        using var http = new HttpClient { BaseAddress = url };
        using var request = new HttpRequestMessage(HttpMethod.Get, "/health/live?ticket=canary-ticket&access_token=canary-token");
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", "canary-bearer");
        request.Headers.Add("Cookie", "session=canary-cookie");
        using var response = await http.SendAsync(request, TestContext.Current.CancellationToken);
        response.StatusCode.ShouldBe(HttpStatusCode.OK);
        response.Headers.Contains("Server").ShouldBeFalse();
        using var forged = await http.GetAsync("/nowhere%0d%0aINF%20forged", TestContext.Current.CancellationToken);

        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no SIGTERM");
        await node.SignalAsync("TERM");
        (await node.ExitAsync()).ShouldBe(0);

        var all = string.Join('\n', [.. node.Output, .. node.Faults]);
        all.ShouldNotContain("canary");
        all.ShouldContain("endpoint", customMessage: "the framework must have had the chance to show a secret");
        all.ShouldContain("/health/live", customMessage: "requests are logged, without their query");
        node.Output.ShouldNotContain(line => line.StartsWith("INF forged", StringComparison.Ordinal));
        node.Output.Any(line => line.StartsWith('{')).ShouldBe(isJson);
        if (isJson)
        {
            foreach (var line in node.Output)
            {
                using var parsed = JsonDocument.Parse(line);
                parsed.RootElement.TryGetProperty("@mt", out _).ShouldBeTrue(line);
            }

            all.ShouldContain("DevelopmentKeyInUse", customMessage: "a development key outside of development is worth a warning");
        }
    }

    [Fact]
    public async Task At_the_usual_level_a_node_says_what_it_is_and_nothing_else()
    {
        await using var node = NodeProcess.Start(_directory.Path, null, "--port", "0", "--node", "quiet", "--store", "sqlite:quiet.db");
        var url = await node.UrlAsync();
        using var http = new HttpClient { BaseAddress = url };
        (await http.GetAsync("/health/ready", TestContext.Current.CancellationToken)).StatusCode.ShouldBe(HttpStatusCode.OK);

        var banner = JsonDocument.Parse(node.Output.ShouldHaveSingleItem()).RootElement;
        banner.GetProperty("Node").GetString().ShouldBe("quiet");
        banner.GetProperty("Url").GetString().ShouldBe(url.ToString().TrimEnd('/'));
        banner.GetProperty("OperatorUrl").GetString().ShouldStartWith("http://localhost:");
        banner.GetProperty("OperatorUrl").GetString().ShouldNotBe(banner.GetProperty("Url").GetString());
        banner.GetProperty("Store").GetString()!.ShouldContain("quiet.db");
        banner.GetProperty("Namespaces").GetString().ShouldBe("@, board, chat, cursors, default");
        banner.GetProperty("Anonymous").GetString().ShouldBe("let in");
        node.Faults.ShouldBeEmpty();
    }
}
