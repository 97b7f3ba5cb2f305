using Akka.Actor;
using Akka.Hosting;
using Akka.Remote;
using Akka.Remote.Transport;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging.Abstractions;
using Realtime.Messages.Channels;
using Realtime.Messages.Ids;
using Realtime.Node.Channels;
using Realtime.Node.Cluster;
using Realtime.Node.Feeds;
using Realtime.Node.Namespaces;
using Realtime.Node.Persistence;
using Realtime.Node.Telemetry.Metrics;
using Realtime.Tests.Support;

namespace Realtime.Tests.Feeds.Several;

/// <summary>
/// One of several nodes in this process: an actor system of its own with channels and feeds, over remoting on loopback, whose journal is
/// shared. Its links can be cut and slowed down; it can be lost without a goodbye.
/// </summary>
internal sealed class FeedNode : IAsyncDisposable
{
    private const string Hocon = TestHocon.Silent + """
        akka.remote.dot-netty.tcp.applied-adapters = ["trttl"]
        akka.cluster {
          downing-provider-class = ""
          failure-detector.acceptable-heartbeat-pause = 60s
          sharding { rebalance-interval = 300ms, retry-interval = 200ms }
        }
        akka.coordinated-shutdown.run-by-actor-system-terminate = off
        akka.persistence {
          journal {
            plugin = "akka.persistence.journal.shared"
            shared {
              class = "Akka.Persistence.Journal.SharedMemoryJournal, Akka.Persistence"
              plugin-dispatcher = "akka.actor.default-dispatcher"
            }
          }
          snapshot-store.plugin = "akka.persistence.snapshot-store.inmem"
        }
        """;

    private readonly IHost _host;

    private FeedNode(string name, long incarnation, NamespaceTable namespaces, ChosenAllocation allocation, ChannelPolicy policy, TimeSpan renewEvery)
    {
        Metrics = new ChannelInstruments();
        var logs = new EventLogSettings(LogKind.Channel, new Incarnation(incarnation), new Store(), new Lease());
        var settings = new ChannelSettings(policy, logs, Hosted) { Metrics = Metrics, Peers = Peers };
        var feed = new FeedId(new NodeId(name), new Incarnation(incarnation));
        _host = new HostBuilder().ConfigureServices(services => services.AddAkka("realtime", builder => builder
            .AddHocon(Hocon, HoconAddMode.Prepend)
            .WithRealtimeCluster(ActorSystemSettings.Alone, new DeadLetterCounts(), NullLoggerFactory.Instance)
            .WithChannels(namespaces, settings, new NoLogs(), new AgeSweepPolicy(), _ => allocation)
            .WithFeeds(registry => Setup = new FeedSetup(feed, registry.Get<ChannelRegion>(), namespaces)
            {
                Policy = new FeedPolicy { RenewEvery = renewEvery }, Channels = Metrics,
            }))).Build();
    }

    public HostedChannels Hosted { get; } = new();

    public PeerWindows Peers { get; } = new();

    public ChannelInstruments Metrics { get; }

    public FeedSetup Setup { get; private set; } = null!;

    public ActorSystem System => _host.Services.GetRequiredService<ActorSystem>();

    public IActorRef Hub => _host.Services.GetRequiredService<ActorRegistry>().Get<FeedHub>();

    public IActorRef Region => Setup.Region;

    public Address Address => Cluster.SelfAddress;

    private Akka.Cluster.Cluster Cluster => Akka.Cluster.Cluster.Get(System);

    public static async Task<FeedNode> StartAsync(
        string name, long incarnation, NamespaceTable namespaces, ChosenAllocation allocation, ChannelPolicy policy, TimeSpan renewEvery, FeedNode? contact)
    {
        var node = new FeedNode(name, incarnation, namespaces, allocation, policy, renewEvery);
        await node._host.StartAsync();
        var cluster = node.Cluster;
        await cluster.JoinAsync(contact?.Address ?? cluster.SelfAddress).Within($"{name} to join");
        return node;
    }

    /// <summary>Nothing that this node sends to the other one arrives, until <see cref="Mend"/>.</summary>
    public Task CutTo(FeedNode other) => Throttle(other, Blackhole.Instance);

    /// <summary>What this node sends to the other one waits, until <see cref="Mend"/>.</summary>
    public Task StallTo(FeedNode other) => Throttle(other, new TokenBucket(1, 1, 0, 0));

    public Task Mend(FeedNode other) => Throttle(other, Unthrottled.Instance);

    /// <summary>It is gone without a goodbye; the others remove it.</summary>
    public async Task LoseAsync(FeedNode survivor)
    {
        var address = Address;
        await System.Terminate().Within("the actor system to end");
        survivor.Cluster.Down(address);
    }

    public Task WhenSeesMembers(int count) =>
        Soon.IsTrueAsync(() => Cluster.State.Members.Count(member => member.Status is Akka.Cluster.MemberStatus.Up) == count, $"{count} members");

    public async ValueTask DisposeAsync()
    {
        await System.Terminate();
        _host.Dispose();
    }

    private Task Throttle(FeedNode other, ThrottleMode mode) =>
        ((IRemoteActorRefProvider)((ExtendedActorSystem)System).Provider).Transport
            .ManagementCommand(new SetThrottle(other.Address, ThrottleTransportAdapter.Direction.Send, mode)).Within("the link to be changed");

    private sealed class Store : IStoreIdentity
    {
        public ulong Current => 1;
    }

    private sealed class Lease : IWriterLease
    {
        public bool IsHeld => true;
    }

    private sealed class NoLogs : IKeptLogs
    {
        public Task<SweepPage<KeptLog, KeptLogCursor>> ReadAsync(KeptLogCursor after, int most, CancellationToken cancellation = default) =>
            Task.FromResult(new SweepPage<KeptLog, KeptLogCursor>([], null));
    }
}
