using System.Net;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Realtime.Cluster.Journal;
using Realtime.Cluster.Journal.Memory;
using Realtime.Cluster.Membership;
using Realtime.Lighthouse;
using Realtime.Messages.Entities;
using Realtime.Messages.Ids;
using Realtime.Node.Auth;
using Realtime.Node.Gateway;
using Realtime.Tests.Support;

namespace Realtime.Tests.Lighthouse;

/// <summary>A lighthouse over real HTTP, on a store in memory with rows of nodes that do not exist, and a clock of the test's.</summary>
internal sealed class LighthouseRig : IAsyncDisposable
{
    public const int Shards = 64;

    private readonly WebApplication _app;
    private readonly HttpClient _http;

    private LighthouseRig(WebApplication app, WatchedStore watched, ManualClock clock)
    {
        _app = app;
        Watched = watched;
        Clock = clock;
        _http = new HttpClient { BaseAddress = new Uri(app.Urls.First()) };
        Operators = app.Urls.Skip(1).FirstOrDefault();
    }

    /// <summary>Where operators are listened to; null: nowhere.</summary>
    public string? Operators { get; }

    public WatchedStore Watched { get; }

    public ManualClock Clock { get; }

    public static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public static async Task<LighthouseRig> StartAsync(MemoryStore store, Exception? fault = null, params (string Key, string Value)[] options)
    {
        var clock = new ManualClock();
        var watched = new WatchedStore(store) { Fault = fault };
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Configuration.AddInMemoryCollection(
            options.Append(("Port", "0")).ToDictionary(option => "Lighthouse:" + option.Item1, option => (string?)option.Item2));
        var app = LighthouseHost.Build(builder, LighthouseConfiguration.Read(builder.Configuration), watched, clock);
        await app.StartAsync(Cancellation).Within("the lighthouse to start");
        return new LighthouseRig(app, watched, clock);
    }

    public static async Task<MemoryStore> FoundAsync()
    {
        var store = new MemoryStore(TimeProvider.System);
        await store.FoundAsync(new ClusterCharter(Shards, 1), Cancellation);
        return store;
    }

    /// <summary>A row of a node that owns every shard whose number leaves this rest when divided by two.</summary>
    public static async Task<Incarnation> JoinAsync(MemoryStore store, string name, int rest, int capacity = 100, int load = 0, bool open = true)
    {
        var profile = new NodeProfile(new NodeId(name), Guid.Empty, $"{name}:7000", open ? $"wss://{name}.example" : null, "z1", capacity, 1);
        var joined = await store.JoinAsync(profile, null, Cancellation);
        await store.AcquireAsync(
            joined.Incarnation, [.. Enumerable.Range(0, Shards).Where(i => i % 2 == rest).Select(i => new ShardId(i))], Cancellation);
        store.Heartbeat(new HeartbeatRequest(joined.Incarnation, Guid.Empty, 1, load, []));
        return joined.Incarnation;
    }

    /// <summary>A resume token of a session whose entity lives on that node.</summary>
    public static async Task<string> TokenAsync(MemoryStore store, Incarnation owner)
    {
        var view = ClusterView.Of(await store.ViewAsync(0, Cancellation));
        var session = Enumerable.Range(1, 10_000).Select(i => new SessionId((UInt128)i * 0x9E3779B97F4A7C15))
            .First(session => view[view.ShardOf(EntityAddress.Of(session))].Owner == owner);
        return new ResumeTokens((await store.OpenAsync(Cancellation)).TokenKeys).Issue(session);
    }

    /// <summary>Moves the clock on by a second at a time until a whole look has happened after this call.</summary>
    public async Task LookAsync()
    {
        var now = Watched.Looks;
        for (var next = now + 1; next <= now + 2; next++)
        {
            Clock.Advance(ViewFollower.Every);
            await Watched.Look(next).Within("the lighthouse to look at the cluster");
        }
    }

    public async Task<(HttpStatusCode Status, JsonObject? Body, HttpResponseMessage Response)> GetAsync(
        string path = GatewayEndpoint.Path, string? token = null, HttpMethod? method = null, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(method ?? HttpMethod.Get, path);
        foreach (var (name, value) in token is null ? headers : headers.Append(("Authorization", "Bearer " + token)))
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        var response = await _http.SendAsync(request, Cancellation).Within($"an answer to {path}");
        var text = await response.Content.ReadAsStringAsync(Cancellation);
        var json = response.Content.Headers.ContentType?.MediaType == "application/json" ? JsonNode.Parse(text)!.AsObject() : null;
        return (response.StatusCode, json, response);
    }

    /// <summary>An answer of the operators' API.</summary>
    public Task<(HttpStatusCode Status, JsonObject? Body, HttpResponseMessage Response)> OperateAsync(
        string path, string? key = null, string method = "GET", params (string Name, string Value)[] headers) =>
        GetAsync($"{Operators}/operator/v1/{path}", key, new HttpMethod(method), headers);

    /// <summary>The nodes that ten answers name, and how long the clients shall wait.</summary>
    public async Task<(IReadOnlyList<string> Urls, IReadOnlyList<int> Waits)> AskTenTimesAsync(string? token = null)
    {
        var answers = new List<JsonObject>();
        for (var i = 0; i < 10; i++)
        {
            var (status, body, _) = await GetAsync(token: token);
            status.ShouldBe(HttpStatusCode.OK);
            answers.Add(body!);
        }

        return ([.. answers.Select(answer => (string)answer["url"]!).Distinct()], [.. answers.Select(answer => (int)answer["notBefore"]!)]);
    }

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await _app.StopAsync(CancellationToken.None);
        await _app.DisposeAsync();
    }
}
