using System.Net;
using Realtime.Tests.Operations;

namespace Realtime.Tests.Hosting;

/// <summary>A page of a stranger that lets its own name point to 127.0.0.1 was taken for the node's own page: it could read and write whatever an anonymous client may.</summary>
[Collection(ActorSystems.Name)]
public sealed class NameCheckTests
{
    private static readonly HttpClient Http = new();

    [Theory]
    [InlineData("rebound.example", "/realtime.js")]
    [InlineData("rebound.example", "/v1/gateway")]
    [InlineData("rebound.example", "/v1/connect")]
    [InlineData("rebound.example", "/")]
    [InlineData("localhost.rebound.example", "/realtime.js")]
    [InlineData("192.0.2.1", "/realtime.js")]
    public async Task A_node_on_loopback_takes_no_request_for_another_name_at_its_own_port(string name, string path)
    {
        await using var node = await OperatedApp.StartAsync("names");

        var (status, text) = await GetAsync(node, path, $"{name}:{node.Clients.Port}");

        status.ShouldBe(HttpStatusCode.MisdirectedRequest);
        text.ShouldContain("Realtime:Origins");
    }

    [Fact]
    public async Task Its_own_names_names_that_are_configured_and_those_of_a_proxy_are_taken()
    {
        await using var node = await OperatedApp.StartAsync("names", ("Origins", "https://chat.example"));
        var port = node.Clients.Port;

        foreach (var host in (string[])[$"localhost:{port}", $"LOCALHOST:{port}", $"127.0.0.1:{port}", $"[::1]:{port}", $"chat.example:{port}", "elsewhere.example", "elsewhere.example:80", "elsewhere.example:8443"])
        {
            (await GetAsync(node, "/realtime.js", host)).Status.ShouldBe(HttpStatusCode.OK, host);
        }
    }

    [Fact]
    public async Task A_node_that_others_reach_goes_by_any_name()
    {
        await using var node = await OperatedApp.StartAsync("names", ("Address", "*"), ("Operator:Address", "localhost"));

        (await GetAsync(node, "/realtime.js", $"chat.example:{node.Clients.Port}")).Status.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Probes_may_come_by_any_name()
    {
        await using var node = await OperatedApp.StartAsync("names");

        (await GetAsync(node, "/health/live", $"pod-1.example:{node.Clients.Port}")).Status.ShouldBe(HttpStatusCode.OK);
    }

    private static async Task<(HttpStatusCode Status, string Text)> GetAsync(OperatedApp node, string path, string host)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(new Uri($"http://127.0.0.1:{node.Clients.Port}"), path));
        request.Headers.Host = host;
        using var response = await Http.SendAsync(request, TestContext.Current.CancellationToken);
        return (response.StatusCode, await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }
}
