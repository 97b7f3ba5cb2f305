using Akka.Actor;
using Akka.Hosting;
using System.Net;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Realtime.Node.Auth;
using Realtime.Node.Cluster;
using Realtime.Node.Configuration;
using Realtime.Node.Hosting;
using Realtime.Node.Hosting.Configuration;
using Realtime.Node.Operations;
using Realtime.Node.Persistence.Journal;
using Realtime.Node.Persistence.Store;
using Realtime.Node.Persistence.Store.Sqlite;
using Realtime.Tests.EndToEnd;

namespace Realtime.Tests.Hosting;

/// <summary>The node inside an application that is not ours, asked over real sockets.</summary>
[Collection(ActorSystems.Name)]
public sealed class EmbeddedNodeTests : IAsyncLifetime
{
    /// <summary>As large as its tables and no larger.</summary>
    private readonly SqliteEventStore _store = new(new SqliteEventStoreOptions(Path: null) { MaxBytes = 256 * 1024 });
    private readonly HttpClient _http = new();
    private WebApplication _app = null!;

    public async ValueTask InitializeAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Services.AddSingleton<EventStore>(_store);
        builder.Services.AddAkka("shop", akka => akka.WithActors((system, registry) =>
            registry.Register<Clerk>(system.ActorOf(Props.Create<Clerk>(), "clerk"))));
        builder.AddRealtime(options =>
        {
            options.Node = "embedded";
            options.Store = "memory";
            options.Auth.DevelopmentKey = "a development key of at least 32 bytes";
        });
        _app = builder.Build();
        _app.MapGet("/own", () => "the application's own");
        _app.MapRealtime();
        await _app.StartAsync(TestContext.Current.CancellationToken);
        _http.BaseAddress = new Uri(_app.Urls.Single());
    }

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await _app.DisposeAsync();
    }

    [Fact]
    public async Task The_application_s_actor_system_and_the_node_s_know_nothing_of_each_other()
    {
        var own = _app.Services.GetRequiredService<ActorSystem>();
        own.Name.ShouldBe("shop");
        (await _app.Services.GetRequiredService<IRequiredActor<Clerk>>().ActorRef.Ask<string>("open?")).ShouldBe("yes");
        own.Settings.Config.GetString("akka.actor.provider").ShouldNotContain("Cluster");

        await using var client = await RawClient.HelloAsync(_http.BaseAddress!);
        await _app.Services.GetRequiredService<NodeShutdown>().DrainAsync(CancellationToken.None);

        (await client.WaitAsync("goodbye"))["code"]!.GetValue<int>().ShouldBe(4000);
        own.WhenTerminated.IsCompleted.ShouldBeFalse();
        (await _app.Services.GetRequiredService<IRequiredActor<Clerk>>().ActorRef.Ask<string>("open?")).ShouldBe("yes");
    }

    [Fact]
    public async Task A_node_that_serves_is_live_and_ready()
    {
        (await AskAsync("/health/live")).ShouldBe((HttpStatusCode.OK, "live", ""));
        (await AskAsync("/health/ready")).ShouldBe((HttpStatusCode.OK, "ready", ""));
    }

    [Fact]
    public async Task A_store_that_is_not_well_makes_the_node_unready_but_not_dead()
    {
        await FillAsync();

        (await AskAsync("/health/ready")).ShouldSatisfyAllConditions(
            ready => ready.Status.ShouldBe(HttpStatusCode.ServiceUnavailable),
            ready => ready.Word.ShouldBe("unready"),
            ready => ready.Reasons.ShouldStartWith("The store is not well (channels): no room is left"));
        (await AskAsync("/health/live")).ShouldBe((HttpStatusCode.OK, "live", ""));
        (await AskAsync("/health/serving")).ShouldBe((HttpStatusCode.OK, "serving", ""));
    }

    [Fact]
    public async Task The_gateway_names_the_address_it_was_asked_at()
    {
        using var answer = JsonDocument.Parse(await _http.GetStringAsync("/v1/gateway", TestContext.Current.CancellationToken));
        answer.RootElement.GetProperty("url").GetString().ShouldBe($"ws://{_http.BaseAddress!.Authority}/v1/connect");
    }

    [Fact]
    public async Task A_node_that_drains_is_unready_while_it_still_answers()
    {
        await _app.Services.GetRequiredService<NodeShutdown>().DrainAsync(CancellationToken.None);

        (await AskAsync("/health/ready")).ShouldBe((HttpStatusCode.ServiceUnavailable, "unready", "The node is stopping."));
        (await AskAsync("/health/live")).ShouldBe((HttpStatusCode.OK, "live", ""));
    }

    [Fact]
    public async Task The_application_keeps_its_own_routes_and_the_node_uses_what_was_configured()
    {
        (await _http.GetStringAsync("/own", TestContext.Current.CancellationToken)).ShouldBe("the application's own");
        _app.Services.GetRequiredService<ITokenVerifier>().ShouldBeOfType<DevelopmentKeyVerifier>();
        _app.Services.GetRequiredService<NodeSettings>().Node.Name.ShouldBe("embedded");
    }

    [Theory]
    [InlineData("/realtime.js", "text/javascript")]
    [InlineData("/realtime.d.ts", "application/typescript")]
    public async Task The_client_is_served_with_its_type_and_transferred_only_when_it_changed(string path, string type)
    {
        using var first = await _http.GetAsync(path, TestContext.Current.CancellationToken);
        first.StatusCode.ShouldBe(HttpStatusCode.OK);
        first.Content.Headers.ContentType!.MediaType.ShouldBe(type);
        first.Headers.CacheControl!.NoCache.ShouldBeTrue();
        var source = Path.Combine(SourceTree.Root, "clients", "js", path[1..]);
        (await first.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)).ShouldBe(await File.ReadAllTextAsync(source, TestContext.Current.CancellationToken));

        using var again = new HttpRequestMessage(HttpMethod.Get, path);
        again.Headers.IfNoneMatch.Add(first.Headers.ETag!);
        using var second = await _http.SendAsync(again, TestContext.Current.CancellationToken);
        second.StatusCode.ShouldBe(HttpStatusCode.NotModified);
    }

    [Fact]
    public void Faults_of_the_configuration_stop_the_application_before_it_is_built()
    {
        var builder = WebApplication.CreateSlimBuilder();
        Should.Throw<RealtimeConfigurationException>(() => builder.AddRealtime(options => (options.Port, options.Node) = (-1, "!"))).Faults.Count.ShouldBe(2);
    }

    [Fact]
    public void A_phase_never_goes_back()
    {
        var readiness = new NodeReadiness(new Journals(_store, new JournalOptions(), TimeProvider.System), new ClusterStanding());
        readiness.Obstacles().ShouldBe(["The node is starting."]);
        readiness.MoveTo(NodePhase.Draining);
        readiness.MoveTo(NodePhase.Serving);
        readiness.Phase.ShouldBe(NodePhase.Draining);
    }

    private async Task FillAsync()
    {
        await using var client = await RawClient.HelloAsync(_http.BaseAddress!);
        var data = new string('x', 30_000);
        for (var id = 2; RawClient.TypeOf(await client.AskAsync($$"""{"type":"publish","id":{{id}},"channel":"default-room","data":"{{data}}"}""")) != "error"; id++)
        {
            id.ShouldBeLessThan(100, "the store has no bound");
        }
    }

    private async Task<(HttpStatusCode Status, string Word, string Reasons)> AskAsync(string path)
    {
        using var response = await _http.GetAsync(path, TestContext.Current.CancellationToken);
        using var body = JsonDocument.Parse(await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        body.RootElement.GetProperty("node").GetString().ShouldBe("embedded");
        return (response.StatusCode, body.RootElement.GetProperty("status").GetString()!, string.Join(' ', body.RootElement.GetProperty("reasons").EnumerateArray().Select(reason => reason.GetString())));
    }

    private sealed class Clerk : ReceiveActor
    {
        public Clerk() => ReceiveAny(_ => Sender.Tell("yes"));
    }
}
