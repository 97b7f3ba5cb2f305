using Akka.Actor;
using Akka.Cluster.Sharding;
using Akka.Hosting;
using Akka.Persistence.Sql.Config;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Realtime.Messages.Channels;
using Realtime.Messages.Errors;
using Realtime.Messages.Ids;
using Realtime.Node.Auth;
using Realtime.Node.Channels;
using Realtime.Node.Cluster;
using Realtime.Node.Codecs;
using Realtime.Node.Connections;
using Realtime.Node.Connections.Core;
using Realtime.Node.Feeds;
using Realtime.Node.Gateway;
using Realtime.Node.Namespaces;
using Realtime.Node.Persistence;
using Realtime.Node.Persistence.Journal;
using Realtime.Node.Persistence.Serialization;
using Realtime.Node.Persistence.Store;
using Realtime.Node.Persistence.Store.Sqlite;
using Realtime.Node.Sessions;
using Realtime.Node.Transports;

namespace Realtime.Tests.EndToEnd;

/// <summary>A node with all rooms on Akka.NET behind a real socket: a cluster of one over a SQLite file.</summary>
internal sealed class RoomsNode : IAsyncDisposable
{
    private static readonly NodeId Self = new("one");

    /// <summary>Short: what a session sends to its successor finds none when the last node leaves, and the region waits for one.</summary>
    private static readonly ShutdownTimes Times = new(
        TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(7), TimeSpan.FromSeconds(9), TimeSpan.FromSeconds(12));
    private readonly WebApplication _app;
    private readonly EventStore _store;

    private RoomsNode(WebApplication app, EventStore store, DeadLetterCounts deadLetters, ClientConnections connections)
    {
        (_app, _store, DeadLetters, Connections) = (app, store, deadLetters, connections);
    }

    public ClientConnections Connections { get; }

    public DeadLetterCounts DeadLetters { get; }

    public ActorSystem System => _app.Services.GetRequiredService<ActorSystem>();

    public ActorRegistry Actors => _app.Services.GetRequiredService<ActorRegistry>();

    public Uri Url => new(_app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First());

    /// <param name="file">Of the store; made if it is not there.</param>
    /// <param name="life">Which life of the node this is.</param>
    public static async Task<RoomsNode> StartAsync(string file, long life = 1)
    {
        var store = new SqliteEventStore(new SqliteEventStoreOptions(file));
        await store.OpenAsync(CancellationToken.None);
        var journals = new Journals(store, new JournalOptions(), TimeProvider.System);
        var namespaces = new NamespaceTable(
        [
            new NamespacePolicy("chat") { Presence = true },
            new NamespacePolicy("board") { Durability = Durability.Memory },
            new NamespacePolicy("cursors") { Durability = Durability.None },
        ]);
        var deadLetters = new DeadLetterCounts();
        var incarnation = new Incarnation(life);
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        ClientConnections? connections = null;
        builder.Services.AddAkka("realtime", akka => akka
            .AddSetup(journals)
            .AddSetup(new DataOptionsSetup(store.DataOptions))
            .AddHocon(journals.Configuration, HoconAddMode.Append)
            .AddHocon(SerializationConfig.Hocon, HoconAddMode.Append)
            .WithRealtimeCluster(ActorSystemSettings.Alone with { Times = Times }, deadLetters)
            .WithActors(async (system, _) => await journals.WarmUpAsync(system))
            .WithChannels(
                namespaces,
                new ChannelSettings(new ChannelPolicy(), Logs(LogKind.Channel, journals.Channels, incarnation), new HostedChannels()),
                Allocation)
            .WithSessions(
                new SessionSettings(
                    new SessionPolicy { Grace = TimeSpan.FromSeconds(5) },
                    Self,
                    Logs(LogKind.Session, journals.Sessions, incarnation),
                    journals.Sessions.NewIds),
                new SqlIdleSessions(store), new IdleSweepPolicy(), Allocation)
            .WithActors((system, registry) => registry.Register<FeedHub>(system.ActorOf(
                FeedHub.PropsOf(new FeedSetup(new FeedId(Self, incarnation), registry.Get<ChannelRegion>(), namespaces)), "feeds")))
            .WithConnections(
                async (system, registry) =>
                {
                    var keys = await ResumeKeys.ReadOrCreateAsync(system, Logs(LogKind.Keys, journals.Sessions, incarnation));
                    var rules = new ConnectionSetup(Self, new ConnectionPolicy(), namespaces, new NamedUsers(), new ResumeTokens(keys));
                    return new ConnectionsSetup(
                        rules, registry.Get<SessionRegion>(), registry.Get<ChannelRegion>(), registry.Get<FeedHub>(), TimeProvider.System,
                        new ConnectionLogging(NullLogger<ConnectionLogging>.Instance));
                },
                started => connections = started)
            .WithClusterOfOne());
        var app = builder.Build();
        app.UseWebSockets();
        app.Map(WebSocketEndpoint.Path, context => EndpointOf(connections!).HandleAsync(context));
        await app.StartAsync();
        return new RoomsNode(app, store, deadLetters, connections!);
    }

    public async ValueTask DisposeAsync()
    {
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        await Connections.CloseAllAsync(CloseCode.Restart, deadline.Token);
        await _app.StopAsync(deadline.Token);
        await _app.DisposeAsync();
        await _store.DisposeAsync();
    }

    private static WebSocketEndpoint EndpointOf(IClientConnections connections)
    {
        var admission = new Admission(
            new AdmissionPolicy(), TimeSpan.FromSeconds(2), Self, new ConnectTickets(new Dictionary<byte, byte[]> { [1] = new byte[32] }),
            TimeProvider.System, new Random(1), NullLogger.Instance);
        return new WebSocketEndpoint(connections, admission, new OriginPolicy([]), [new JsonFrameCodec()], () => true);
    }

    private static IShardAllocationStrategy Allocation(ActorSystem system) =>
        ClusterSharding.Get(system).DefaultShardAllocationStrategy(ClusterShardingSettings.Create(system));

    private static EventLogSettings Logs(LogKind kind, JournalHandle journal, Incarnation incarnation) =>
        new(kind, incarnation, new OneStore(), new HeldLease())
        {
            JournalPluginId = journal.PluginId, SnapshotPluginId = journal.SnapshotPluginId,
        };

    /// <summary>Any token is the name of its user.</summary>
    private sealed class NamedUsers : ITokenVerifier
    {
        public TokenVerdict Verify(string token, DateTimeOffset now) =>
            TokenVerdict.Accepted(new Realtime.Messages.Entities.SessionIdentity(new UserId(token), null));
    }

    private sealed class OneStore : IStoreIdentity
    {
        public ulong Current => 1;
    }

    private sealed class HeldLease : IWriterLease
    {
        public bool IsHeld => true;
    }
}
