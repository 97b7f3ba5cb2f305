using Akka.Actor;
using Akka.Cluster;
using Akka.Cluster.Sharding;
using Akka.Hosting;
using Akka.Remote;
using Akka.Remote.Transport;
using Microsoft.Extensions.Logging.Abstractions;
using Realtime.Messages.Channels;
using Realtime.Messages.Ids;
using Realtime.Node.Auth;
using Realtime.Node.Channels;
using Realtime.Node.Cluster;
using Realtime.Node.Connections;
using Realtime.Node.Connections.Core;
using Realtime.Node.Events.Writing;
using Realtime.Node.Feeds;
using Realtime.Node.Persistence;
using Realtime.Node.Persistence.Journal;
using Realtime.Node.Persistence.Store;
using Realtime.Node.Sessions;
using Realtime.Tests.Support;

namespace Realtime.Tests.Moves;

/// <summary>A node without its transports: all its actors, and connections that the test opens.</summary>
internal sealed class MoveNode : IAsyncDisposable
{
    /// <summary>Of the resume tokens.</summary>
    public static readonly IReadOnlyDictionary<byte, byte[]> Keys = new Dictionary<byte, byte[]> { [1] = new byte[32] };

    private readonly NodeActorSystem _actors;

    private MoveNode(NodeActorSystem actors, ClientConnections connections, HostedChannels hosted)
    {
        _actors = actors;
        Connections = connections;
        Hosted = hosted;
    }

    public ActorSystem System => _actors.System;

    public Address Address => Akka.Cluster.Cluster.Get(System).SelfAddress;

    public ClientConnections Connections { get; }

    public HostedChannels Hosted { get; }

    public IActorRef ChannelRegion => _actors.Actors.Get<ChannelRegion>();

    public IActorRef SessionRegion => _actors.Actors.Get<SessionRegion>();

    public bool IsGone { get; private set; }

    public int UpCount => Akka.Cluster.Cluster.Get(System).State.Members.Count(member => member.Status is MemberStatus.Up);

    public static async Task<MoveNode> StartAsync(MoveStage stage, NodeId name, int number, Address? seed)
    {
        var journals = new Journals(stage.Store, new JournalOptions(), TimeProvider.System);
        var hosted = new HostedChannels();
        ClientConnections? connections = null;
        EventLogSettings Logs(LogKind kind)
        {
            var journal = kind is LogKind.Channel ? journals.Channels : journals.Sessions;
            return new EventLogSettings(kind, new Incarnation(number), new OneStore(), new HeldLease())
            {
                JournalPluginId = journal.PluginId, SnapshotPluginId = journal.SnapshotPluginId, Gate = journal.Gate,
            };
        }

        var rules = new ConnectionSetup(
            name, new ConnectionPolicy { PingEvery = TimeSpan.FromHours(1) }, stage.Namespaces, new NoTokenVerifier(), new ResumeTokens(Keys));
        var reporting = EventReporting.None with { Interest = stage.Interest };
        var actors = await NodeActorSystem.StartAsync(
            NullLoggerFactory.Instance,
            akka => akka
                .AddHocon(
                    """
                    akka.loglevel = OFF
                    akka.stdout-loglevel = OFF
                    akka.remote.dot-netty.tcp.applied-adapters = ["trttl"]
                    akka.cluster.sharding.rebalance-interval = 100ms
                    akka.cluster.singleton.hand-over-retry-interval = 100ms
                    akka.cluster.downing-provider-class = ""
                    akka.coordinated-shutdown.run-by-actor-system-terminate = off
                    akka.remote.retry-gate-closed-for = 200ms
                    """,
                    HoconAddMode.Prepend)
                .WithRealtimeCluster(ActorSystemSettings.Alone, new DeadLetterCounts(), NullLoggerFactory.Instance)
                .WithRealtimeJournal(journals)
                .WithEventReports(registry => registry.Get<ChannelRegion>())
                .WithChannels(
                    stage.Namespaces, new ChannelSettings(stage.Channels, Logs(LogKind.Channel), hosted) { Reporting = reporting }, new SqlKeptLogs(stage.Store), new AgeSweepPolicy(),
                    _ => stage.ChannelShards)
                .WithSessions(
                    new SessionSettings(stage.Sessions, name, Logs(LogKind.Session), journals.Sessions.NewIds) { RenewEvery = stage.RenewEvery, Reporting = reporting },
                    new SqlIdleSessions(stage.Store), new IdleSweepPolicy(), new SqlPresentSessions(stage.Store), stage.LostSessions, _ => stage.SessionShards)
                .WithFeeds(registry => new FeedSetup(new FeedId(name, new Incarnation(number)), registry.Get<ChannelRegion>(), stage.Namespaces))
                .WithConnections(
                    (_, registry) => Task.FromResult(new ConnectionsSetup(
                        rules, registry.Get<SessionRegion>(), registry.Get<ChannelRegion>(), registry.Get<FeedHub>(), TimeProvider.System,
                        new ConnectionLogging(NullLogger<ConnectionLogging>.Instance))
                    {
                        RenewEvery = stage.RenewEvery,
                    }),
                    started => connections = started)
                .AddStartup((system, _) =>
                {
                    var cluster = Akka.Cluster.Cluster.Get(system);
                    return cluster.JoinAsync(seed ?? cluster.SelfAddress, CancellationToken.None);
                }),
            TestContext.Current.CancellationToken).Within($"node {name} to be up");
        return new MoveNode(actors, connections!, hosted);
    }

    /// <summary>Whether a session runs here.</summary>
    public async Task<bool> HostsAsync(SessionId session)
    {
        var state = await SessionRegion.Ask<CurrentShardRegionState>(GetShardRegionState.Instance).Within("the region's state");
        return state.Shards.Any(shard => shard.EntityIds.Contains(session.ToString()));
    }

    /// <summary>Nothing goes from here to there any more, nor back; nobody is told.</summary>
    public Task CutAsync(MoveNode other) => ThrottleAsync(other, Blackhole.Instance);

    public Task HealAsync(MoveNode other) => ThrottleAsync(other, Unthrottled.Instance);

    /// <summary>Ends without a word: what it sends at its end reaches nobody. The others take it out of the cluster.</summary>
    public async Task KillAsync(params MoveNode[] others)
    {
        foreach (var other in others)
        {
            await CutAsync(other);
            await other.CutAsync(this);
        }

        IsGone = true;
        await System.Terminate().Within("the node to end");
        foreach (var other in others)
        {
            Akka.Cluster.Cluster.Get(other.System).Down(Address);
        }
    }

    /// <summary>Leaves as a program that is stopped.</summary>
    public async Task LeaveAsync()
    {
        IsGone = true;
        await _actors.StopAsync().Within("the node to leave");
    }

    public async ValueTask DisposeAsync() => await _actors.DisposeAsync();

    private async Task ThrottleAsync(MoveNode other, ThrottleMode mode)
    {
        var transport = ((RemoteActorRefProvider)((ExtendedActorSystem)System).Provider).Transport;
        (await transport.ManagementCommand(new SetThrottle(Address.Parse(other.Address.ToString()), ThrottleTransportAdapter.Direction.Both, mode))
            .Within("the throttle")).ShouldBeTrue();
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
