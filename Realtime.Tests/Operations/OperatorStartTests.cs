using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Realtime.Node.Hosting;
using Realtime.Node.Operations;
using Realtime.Tests.Hosting;
using Realtime.Tests.Support;

namespace Realtime.Tests.Operations;

/// <summary>The operators' listener at the start of a node, and their API inside an application that is not ours.</summary>
[Collection(ActorSystems.Name)]
public sealed class OperatorStartTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task A_taken_operator_port_is_one_clear_line()
    {
        using var other = new TcpListener(IPAddress.Loopback, 0);
        other.Start();
        var port = ((IPEndPoint)other.LocalEndpoint).Port;
        var (code, _, faults) = await NodeProcess.RunAsync(_directory.Path, null, "--store", "memory", "--port", "0", "--operator-port", $"{port}");

        code.ShouldBe(14);
        faults.ShouldBe([$"Cannot listen on localhost:{port}: the port is in use. Stop the program that has it, or choose another with --operator-port."]);
    }

    [Fact]
    public async Task An_operator_address_that_is_not_ours_is_one_clear_line()
    {
        // From the block for documentation (RFC 5737): no machine has it.
        var environment = new Dictionary<string, string> { ["REALTIME__OPERATOR__ADDRESS"] = "192.0.2.1", ["REALTIME__OPERATOR__KEY"] = "an-operator-key-of-the-test" };
        var (code, _, faults) = await NodeProcess.RunAsync(_directory.Path, environment, "--store", "memory", "--port", "0", "--operator-port", "9080");

        code.ShouldBe(15);
        faults.ShouldHaveSingleItem().ShouldStartWith("Cannot listen on 192.0.2.1:9080: ");
    }

    [Fact]
    public async Task What_others_have_made_is_put_behind_the_same_door()
    {
        const string Key = "an-operator-key-of-the-test";
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.AddRealtime(options => (options.Node, options.Store, options.Operator.Key) = ("embedded", "memory", Key));
        await using var app = builder.Build();
        app.MapBehindDoor(open: false).MapGet("/figures", () => "closed");
        app.MapBehindDoor(open: true).MapGet("/open", () => "open");
        await app.StartAsync(TestContext.Current.CancellationToken);
        using var http = new HttpClient { BaseAddress = new Uri(app.Urls.Single()) };

        (await http.GetAsync("/figures", TestContext.Current.CancellationToken)).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        (await http.GetStringAsync("/open", TestContext.Current.CancellationToken)).ShouldBe("open");
        http.DefaultRequestHeaders.Add("Authorization", $"Bearer {Key}");
        (await http.GetStringAsync("/figures", TestContext.Current.CancellationToken)).ShouldBe("closed");
    }

    [Fact]
    public async Task An_application_maps_the_api_where_it_likes_and_without_a_key_only_this_machine_is_answered()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.AddRealtime(options => (options.Node, options.Store) = ("embedded", "memory"));
        await using var app = builder.Build();
        app.MapRealtime();
        app.MapRealtimeOperator().RequireHost("localhost");
        await app.StartAsync(TestContext.Current.CancellationToken);
        await Soon.IsTrueAsync(() => app.Services.GetRequiredService<NodeReadiness>().Obstacles().Count == 0, "the node to be ready");
        using var http = new HttpClient();
        var port = new Uri(app.Urls.Single()).Port;

        (await StatusAsync("localhost", "/operator/v1/cluster")).ShouldBe(HttpStatusCode.OK);
        (await StatusAsync("127.0.0.1", "/operator/v1/cluster")).ShouldBe(HttpStatusCode.NotFound, "the application asked for another name");
        (await StatusAsync("localhost", "/health/ready")).ShouldBe(HttpStatusCode.OK);
        (await StatusAsync("localhost", "/operator/v1/nodes/embedded/log")).ShouldBe(HttpStatusCode.Conflict, "its log is the application's");

        async Task<HttpStatusCode> StatusAsync(string host, string path)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, $"http://127.0.0.1:{port}{path}");
            request.Headers.Host = $"{host}:{port}";
            using var response = await http.SendAsync(request, TestContext.Current.CancellationToken);
            return response.StatusCode;
        }
    }
}
