using System.Net;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Realtime.Node.Auth;
using Realtime.Node.Configuration;
using Realtime.Node.Hosting;

namespace Realtime.Tests.Hosting;

/// <summary>What an application with a node in it serves over real sockets, asked without changing anything.</summary>
[Collection(ActorSystems.Name)]
public sealed class EmbeddedNodeTests(EmbeddedNode node) : IClassFixture<EmbeddedNode>
{
    [Fact]
    public async Task A_node_that_serves_is_live_and_ready()
    {
        (await node.AskAsync("/health/live")).ShouldBe((HttpStatusCode.OK, "live", ""));
        (await node.AskAsync("/health/ready")).ShouldBe((HttpStatusCode.OK, "ready", ""));
    }

    [Fact]
    public async Task The_gateway_names_the_address_it_was_asked_at()
    {
        using var answer = JsonDocument.Parse(await node.Http.GetStringAsync("/v1/gateway", TestContext.Current.CancellationToken));
        answer.RootElement.GetProperty("url").GetString().ShouldBe($"ws://{node.Url.Authority}/v1/connect");
    }

    [Fact]
    public async Task The_application_keeps_its_own_routes_and_the_node_uses_what_was_configured()
    {
        (await node.Http.GetStringAsync("/own", TestContext.Current.CancellationToken)).ShouldBe("the application's own");
        node.Services.GetRequiredService<ITokenVerifier>().ShouldBeOfType<DevelopmentKeyVerifier>();
        node.Services.GetRequiredService<NodeSettings>().Node.Name.ShouldBe("embedded");
    }

    [Theory]
    [InlineData("/realtime.js", "text/javascript")]
    [InlineData("/realtime.d.ts", "application/typescript")]
    public async Task The_client_is_served_with_its_type_and_transferred_only_when_it_changed(string path, string type)
    {
        using var first = await node.Http.GetAsync(path, TestContext.Current.CancellationToken);
        first.StatusCode.ShouldBe(HttpStatusCode.OK);
        first.Content.Headers.ContentType!.MediaType.ShouldBe(type);
        first.Headers.CacheControl!.NoCache.ShouldBeTrue();
        var source = Path.Combine(SourceTree.Root, "clients", "js", path[1..]);
        (await first.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)).ShouldBe(await File.ReadAllTextAsync(source, TestContext.Current.CancellationToken));

        using var again = new HttpRequestMessage(HttpMethod.Get, path);
        again.Headers.IfNoneMatch.Add(first.Headers.ETag!);
        using var second = await node.Http.SendAsync(again, TestContext.Current.CancellationToken);
        second.StatusCode.ShouldBe(HttpStatusCode.NotModified);
    }

    [Fact]
    public void Faults_of_the_configuration_stop_the_application_before_it_is_built()
    {
        var builder = WebApplication.CreateSlimBuilder();
        Should.Throw<RealtimeConfigurationException>(() => builder.AddRealtime(options => (options.Port, options.Node) = (-1, "!"))).Faults.Count.ShouldBe(2);
    }
}
