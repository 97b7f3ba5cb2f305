using Akka.Actor;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Realtime.Messages.Channels;
using Realtime.Messages.Entities;
using Realtime.Messages.Ids;
using Realtime.Messages.Sessions;
using Realtime.Node.Auth;
using Realtime.Node.Channels;
using Realtime.Node.Cluster;
using Realtime.Node.Codecs;
using Realtime.Node.Hosting;
using Realtime.Node.Namespaces;
using Realtime.Node.Persistence.Journal;
using Realtime.Node.Persistence.Store;
using Realtime.Node.Persistence.Store.Sqlite;
using Realtime.Node.Sessions;
using Realtime.Node.Telemetry.Metrics;
using Realtime.Node.Transports;
using Realtime.Tests.Support;

namespace Realtime.Tests.EndToEnd;

/// <summary>A node in this process behind a real socket, with policies a test can choose.</summary>
internal sealed class TestNode : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly Journals _journals;

    private TestNode(WebApplication app, NodeRuntime runtime, Journals journals)
    {
        _app = app;
        _journals = journals;
        Runtime = runtime;
    }

    public NodeRuntime Runtime { get; }

    public EventStore Store => _journals.Store;

    public Journals Journals => _journals;

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

    /// <param name="store">Null: in memory.</param>
    /// <param name="time">Of connections and admission. Entities go by the scheduler of their actor system, which is the real one.</param>
    public static async Task<TestNode> StartAsync(
        NodeSettings? settings = null, EventStore? store = null, ITokenVerifier? tokens = null, TimeProvider? time = null)
    {
        settings ??= Settings;
        time ??= TimeProvider.System;
        var journals = new Journals(store ?? new SqliteEventStore(new SqliteEventStoreOptions(Path: null)), new JournalOptions(), time);
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders().SetMinimumLevel(LogLevel.Debug).AddProvider(new CanaryLog(Canaries.Suite));
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        var runtime = new NodeRuntime(
            settings, journals, tokens ?? new NoTokenVerifier(), new ClusterStanding(), new NodeInstruments(NodeLabels.Of(settings), time), time,
            app.Services.GetRequiredService<ILoggerFactory>());
        await runtime.StartAsync(CancellationToken.None).Within("the node to start");
        app.UseTrustedProxies(settings.Limits.TrustedProxies);
        app.UseWebSockets();
        app.Map(WebSocketEndpoint.Path, new WebSocketEndpoint(
            runtime.Connections, runtime.Admission, runtime.SocketLimits, new OriginPolicy([]), [new JsonFrameCodec()], () => true).HandleAsync);
        await app.StartAsync();
        return new TestNode(app, runtime, journals);
    }

    public Task<SessionReply> AskSessionAsync(SessionRequest request) => AskAsync<SessionReply>(Runtime.Operated.Actors.Get<SessionRegion>(), request);

    public async Task<SessionInfo> InspectAsync(SessionId session) =>
        (await AskSessionAsync(new SessionRequest.Inspect(session, 1))).ShouldBeOfType<SessionReply.Inspected>().Info;

    /// <summary>The session of a client. It has its welcome a moment before others can see that.</summary>
    public async Task<SessionId> SessionAsync(RawClient client)
    {
        var session = client.SessionId;
        await UntilAsync(async cancellation => (await Runtime.Connections.ListAsync(cancellation)).Welcomed.Any(connection => connection.Session == session));
        return session;
    }

    /// <summary>Asks again and again: what a session goes through is announced to no client.</summary>
    public Task UntilAsync(SessionId session, Predicate<SessionInfo> condition) => UntilAsync(async _ => condition(await InspectAsync(session)));

    public Task UntilAsync(SessionId session, SessionPhase phase) => UntilAsync(session, info => info.Phase == phase);

    public Task<ChannelReply> AskChannelAsync(ChannelRequest request) => AskAsync<ChannelReply>(Runtime.Operated.Actors.Get<ChannelRegion>(), request);

    /// <summary>Waits until only so many connections are left: the node has noticed what was cut.</summary>
    public Task GoneAsync(int left) => Soon.IsTrueAsync(() => Runtime.Connections.Count <= left, $"only {left} connections to be left");

    public async ValueTask DisposeAsync()
    {
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        await Runtime.StopAsync(deadline.Token);
        await _app.StopAsync(deadline.Token);
        await _app.DisposeAsync();
        await Runtime.DisposeAsync();
        Runtime.Metrics.Dispose();
        await Store.DisposeAsync();
    }

    private static async Task UntilAsync(Func<CancellationToken, Task<bool>> condition)
    {
        using var deadline = new CancellationTokenSource(RawClient.Patience);
        using var tick = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        while (!await condition(deadline.Token))
        {
            await tick.WaitForNextTickAsync(deadline.Token);
        }
    }

    private static Task<TReply> AskAsync<TReply>(IActorRef region, object request) =>
        region.Ask<TReply>(request, cancellationToken: TestContext.Current.CancellationToken).Within($"an answer to {request}");
}
