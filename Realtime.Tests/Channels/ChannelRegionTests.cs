using Akka.Actor;
using Akka.Cluster.Hosting;
using Akka.Cluster.Sharding;
using Akka.Hosting;
using Akka.Remote.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Realtime.Messages.Channels;
using Realtime.Messages.Errors;
using Realtime.Messages.Ids;
using Realtime.Messages.Positions;
using Realtime.Node.Channels;
using Realtime.Node.Namespaces;
using Realtime.Node.Persistence;
using Realtime.Tests.Support;

namespace Realtime.Tests.Channels;

/// <summary>Channels behind their shard region, in a cluster of one on the journal in memory.</summary>
[Collection(ActorSystems.Name)]
public sealed class ChannelRegionTests : IAsyncLifetime
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(30);

    private readonly HostedChannels _hosted = new();
    private readonly IHost _host;

    public ChannelRegionTests()
    {
        var settings = new ChannelSettings(
            new ChannelPolicy(), new EventLogSettings(LogKind.Channel, new Incarnation(1), new Store(), new Lease()), _hosted);
        var namespaces = new NamespaceTable([new NamespacePolicy("chat"), new NamespacePolicy("mem") { Durability = Durability.Memory }]);
        _host = new HostBuilder().ConfigureServices(services => services.AddAkka("channels", builder => builder
            .AddHocon(
                TestHocon.Quiet + """
                akka.cluster.sharding { state-store-mode = ddata, passivate-idle-entity-after = off, retry-interval = 0.2s }
                akka.persistence.journal.plugin = "akka.persistence.journal.inmem"
                akka.persistence.snapshot-store.plugin = "akka.persistence.snapshot-store.inmem"
                """,
                HoconAddMode.Prepend)
            .WithRemoting("127.0.0.1", 0)
            .WithClustering()
            .WithChannels(namespaces, settings, new NoLogs(), new AgeSweepPolicy(), _ => ShardAllocationStrategy.LeastShardAllocationStrategy(10, 0.1)))).Build();
    }

    private ActorSystem Sys => _host.Services.GetRequiredService<ActorSystem>();

    private IActorRef Region => _host.Services.GetRequiredService<IRequiredActor<ChannelRegion>>().ActorRef;

    public async ValueTask InitializeAsync()
    {
        await _host.StartAsync();
        using var deadline = new CancellationTokenSource(Deadline);
        var cluster = Akka.Cluster.Cluster.Get(Sys);
        await cluster.JoinAsync(cluster.SelfAddress, deadline.Token);
    }

    public async ValueTask DisposeAsync()
    {
        await _host.StopAsync();
        _host.Dispose();
    }

    [Theory]
    [InlineData("chat:général/1")]
    [InlineData("mem:x")]
    public async Task A_channel_is_found_by_its_name_and_again_after_it_has_left_memory(string name)
    {
        var channel = ChannelName.Parse(name);
        var first = await Ask<ChannelReply.Published>(Publish(channel, 1));
        first.Position!.Value.Offset.ShouldBe(1);
        _hosted.TryFind(channel, out var actor).ShouldBeTrue();
        (await Ask<ChannelReply.Published>(Publish(channel, 1))).Position.ShouldBe(first.Position);

        actor.Path.Parent.Name.ShouldBe(EntityShards.Of(EntityIds.Of(channel)));
        var stopped = actor.WatchAsync();
        actor.Tell(ChannelHandOff.Instance);
        (await stopped.WaitAsync(Deadline)).ShouldBeTrue();
        var again = await Ask<ChannelReply.Published>(Publish(channel, 2));
        again.Position!.Value.Offset.ShouldBe(channel.Namespace == "chat" ? 2 : 1, "a journal keeps what memory does not");
        (again.Position.Value.Epoch == first.Position.Value.Epoch).ShouldBe(channel.Namespace == "chat");
    }

    [Fact]
    public async Task A_channel_of_an_unknown_namespace_is_not_found()
    {
        var refused = await Ask<ChannelReply.Refused>(Publish(ChannelName.Parse("other:x"), 1));
        refused.Code.ShouldBe(ErrorCode.NotFound);
        _hosted.Count.ShouldBe(0);
    }

    private static ChannelRequest.Publish Publish(ChannelName channel, long sequence) => new(channel, 1, MachineRig.Text("a"), MachineRig.Ann, null)
    {
        Producer = MachineRig.Producer(), Sequence = sequence,
    };

    /// <summary>Repeats as a connection does: a shard that is being started or an entity that has just stopped may lose a message.</summary>
    private async Task<TReply> Ask<TReply>(ChannelRequest request)
        where TReply : ChannelReply
    {
        using var deadline = new CancellationTokenSource(Deadline);
        while (true)
        {
            try
            {
                var reply = await Region.Ask<ChannelReply>(request, TimeSpan.FromSeconds(1), deadline.Token);
                if (reply is not ChannelReply.Retry)
                {
                    return reply.ShouldBeOfType<TReply>();
                }
            }
            catch (AskTimeoutException) when (!deadline.IsCancellationRequested)
            {
                continue;
            }
        }
    }

    private sealed class Store : IStoreIdentity
    {
        public ulong Current => 1;
    }

    private sealed class NoLogs : IKeptLogs
    {
        public Task<SweepPage<KeptLog, KeptLogCursor>> ReadAsync(KeptLogCursor after, int most, CancellationToken cancellation = default) => Task.FromResult(new SweepPage<KeptLog, KeptLogCursor>([], null));
    }

    private sealed class Lease : IWriterLease
    {
        public bool IsHeld => true;
    }
}
