using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Realtime.Cluster.Journal;
using Realtime.Cluster.Journal.Memory;
using Realtime.Messages.Ids;
using Realtime.Node.Auth;
using Realtime.Node.Codecs;
using Realtime.Node.Connections;
using Realtime.Node.Gateway;
using Realtime.Node.Hosting;
using Realtime.Node.Namespaces;
using Realtime.Node.Sessions;
using Realtime.Node.Transports;

namespace Realtime.Tests.EndToEnd;

/// <summary>A node in this process behind a real socket, with policies a test can choose.</summary>
internal sealed class TestNode : IAsyncDisposable
{
    private readonly WebApplication _app;

    private TestNode(WebApplication app, NodeRuntime runtime, IStore store)
    {
        _app = app;
        Runtime = runtime;
        Store = store;
    }

    public NodeRuntime Runtime { get; }

    public IStore Store { get; }

    public Uri Url => new(_app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First());

    public static NodeSettings Settings { get; } = new()
    {
        Node = new NodeId("test"),
        Namespaces = new NamespaceTable(
        [
            new NamespacePolicy("default"),
            new NamespacePolicy("chat") { Presence = true },
            new NamespacePolicy("short") { History = new HistoryLimits { Count = 10 } },
            new NamespacePolicy("board") { Durability = Durability.Memory },
            new NamespacePolicy("cursors") { Durability = Durability.None },
            new NamespacePolicy("news") { Publish = AccessRule.Nobody },
            new NamespacePolicy("club") { Publish = AccessRule.Subscribers },
            new NamespacePolicy("@") { Publish = AccessRule.Nobody, Subscribe = AccessRule.Users },
        ]),
        Sessions = new SessionPolicy { Grace = TimeSpan.FromSeconds(5) },
    };

    public static async Task<TestNode> StartAsync(
        NodeSettings? settings = null, IStore? store = null, ITokenVerifier? tokens = null, TimeProvider? time = null)
    {
        settings ??= Settings;
        store ??= new MemoryStore(time ?? TimeProvider.System);
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        var runtime = new NodeRuntime(
            settings, store, tokens ?? new NoTokenVerifier(), time ?? TimeProvider.System, app.Services.GetRequiredService<ILoggerFactory>());
        await runtime.StartAsync(CancellationToken.None);
        app.UseWebSockets();
        app.Map(WebSocketEndpoint.Path, new WebSocketEndpoint(
            runtime.Connections, runtime.Admission, new OriginPolicy([]), [new JsonFrameCodec()], () => true).HandleAsync);
        await app.StartAsync();
        return new TestNode(app, runtime, store);
    }

    /// <summary>Waits until only so many connections are left: the node has noticed what was cut.</summary>
    public async Task GoneAsync(int left)
    {
        using var deadline = new CancellationTokenSource(RawClient.Patience);
        using var tick = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        while (Runtime.Connections.Count > left)
        {
            await tick.WaitForNextTickAsync(deadline.Token);
        }
    }

    public async ValueTask DisposeAsync()
    {
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        await Runtime.StopAsync(deadline.Token);
        await _app.StopAsync(deadline.Token);
        await _app.DisposeAsync();
        Runtime.Dispose();
        await Store.DisposeAsync();
    }
}
