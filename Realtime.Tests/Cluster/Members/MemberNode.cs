using System.Collections.Concurrent;
using Akka.Actor;
using Akka.Cluster;
using Akka.Hosting;
using Akka.Remote;
using Akka.Remote.Transport;
using Microsoft.Extensions.Logging.Abstractions;
using Realtime.Messages.Ids;
using Realtime.Node.Cluster;
using Realtime.Node.Persistence.Members;
using Realtime.Node.Persistence.Store.Postgres;
using Realtime.Tests.Persistence;

namespace Realtime.Tests.Cluster.Members;

/// <summary>A node in this process without entities: its row, its actor system, and links that can be cut.</summary>
internal sealed class MemberNode : IAsyncDisposable
{
    private readonly PostgresEventStore _store;
    private readonly NodeActorSystem _actors;
    private readonly ConcurrentQueue<string> _lost = [];
    private readonly TaskCompletionSource<string> _givenUp = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private MemberNode(PostgresEventStore store, NodeActorSystem actors)
    {
        (_store, _actors) = (store, actors);
        store.ClaimLost += why =>
        {
            _lost.Enqueue(why);
            _givenUp.TrySetResult(why);
        };
    }

    /// <summary>Why it is no member any more.</summary>
    public IReadOnlyList<string> Lost => [.. _lost];

    /// <summary>The first of these: members that miss each other have 20 s first.</summary>
    public Task<string> GivenUpAsync() => _givenUp.Task.WaitAsync(TimeSpan.FromSeconds(90), TimeProvider.System);

    public bool HoldsLease => _store.Lease.IsHeld;

    /// <summary>Members as it sees them, by their ports.</summary>
    public IReadOnlyList<int> Members =>
        [.. Cluster.State.Members.Where(member => member.Status is MemberStatus.Up).Select(member => member.Address.Port!.Value).Order()];

    public int Port => Address.Port!.Value;

    public Address Address => Cluster.SelfAddress;

    private Akka.Cluster.Cluster Cluster => Akka.Cluster.Cluster.Get(_actors.System);

    /// <summary>Ends when it is Up.</summary>
    public static async Task<MemberNode> StartAsync(PostgresEventStoreCase database, string name, string role = ActorSystemSettings.NodeRole)
    {
        var cancellation = TestContext.Current.CancellationToken;
        var claim = new MemberClaim(new NodeId(name), EntityShards.Count, MemberClaim.WireVersion) { Roles = [role] };
        var store = database.Open(database.Options with { Claim = claim });
        await store.OpenAsync(cancellation);
        var settings = ActorSystemSettings.Alone with { Roles = [role] };
        var actors = await NodeActorSystem.StartAsync(
            NullLoggerFactory.Instance,
            akka => akka
                .AddHocon("akka.remote.dot-netty.tcp.applied-adapters = [\"trttl\"]", HoconAddMode.Prepend)
                .WithRealtimeCluster(settings, new DeadLetterCounts(), NullLoggerFactory.Instance)
                .WithMembership(store.Members, new ClusterStanding(), _ => new Dictionary<string, IActorRef>(), TimeProvider.System, NullLoggerFactory.Instance),
            cancellation);
        return new MemberNode(store, actors);
    }

    /// <summary>What one of the two sends does not reach the other any more.</summary>
    public static async Task CutAsync(MemberNode one, MemberNode other)
    {
        await one.CutToAsync(other);
        await other.CutToAsync(one);
    }

    /// <summary>Akka says to this one that another one does not speak to it any more.</summary>
    public void IsQuarantinedBy(Address other) => _actors.System.EventStream.Publish(new ThisActorSystemQuarantinedEvent(Address, other));

    public async ValueTask DisposeAsync()
    {
        await _actors.StopAsync();
        await _actors.DisposeAsync();
        await _store.DisposeAsync();
    }

    private async Task CutToAsync(MemberNode other)
    {
        var command = new SetThrottle(other.Address, ThrottleTransportAdapter.Direction.Both, Blackhole.Instance);
        (await ((IRemoteActorRefProvider)((ExtendedActorSystem)_actors.System).Provider).Transport.ManagementCommand(command, TestContext.Current.CancellationToken)).ShouldBeTrue();
    }
}
