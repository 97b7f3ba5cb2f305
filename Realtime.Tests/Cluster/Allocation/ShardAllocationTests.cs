using System.Collections.Immutable;
using Akka.Actor;
using Akka.TestKit.Xunit;
using Realtime.Messages.Cluster;
using Realtime.Messages.Ids;
using Realtime.Node.Cluster.Allocation;
using Realtime.Node.Cluster.Core;
using Realtime.Tests.Support;

namespace Realtime.Tests.Cluster.Allocation;

/// <summary>The strategy before anything is known of the cluster, and while a member is silent.</summary>
[Collection(ActorSystems.Name)]
public sealed class ShardAllocationTests : TestKit, IStoreOutage
{
    private readonly ManualClock _clock = new();
    private readonly ClusterMap _map = new();
    private readonly ClusterPlans _plans;
    private readonly ShardAllocation _allocation;
    private long _number;

    public ShardAllocationTests()
        : base(TestHocon.Quiet)
    {
        _plans = new ClusterPlans(_map);
        _allocation = Of(EntityKind.Session);
    }

    public bool IsOut => false;

    [Fact]
    public async Task A_shard_gets_a_region_though_no_member_is_known_and_the_coordinator_is_answered_at_once()
    {
        var region = CreateTestProbe().Ref;

        var place = _allocation.AllocateShard(ActorRefs.Nobody, "3", ImmutableDictionary<IActorRef, IImmutableList<string>>.Empty.Add(region, ["1", "2"]));

        place.IsCompletedSuccessfully.ShouldBeTrue();
        (await place).ShouldBe(region);
    }

    /// <summary>A process was killed and another started on its address, and the coordinator has heard of the second first.</summary>
    [Fact]
    public async Task Two_regions_on_one_address_do_not_end_the_coordinator()
    {
        var (old, young) = (CreateTestProbe().Ref, CreateTestProbe().Ref);
        var regions = ImmutableDictionary<IActorRef, IImmutableList<string>>.Empty.Add(old, ["1", "2"]).Add(young, []);

        (await _allocation.AllocateShard(ActorRefs.Nobody, "3", regions)).ShouldBeOneOf(old, young);
        (await _allocation.Rebalance(regions, ImmutableHashSet<string>.Empty)).ShouldBeEmpty();
    }

    [Fact]
    public async Task Nothing_moves_between_regions_of_members_that_are_not_known()
    {
        var regions = ImmutableDictionary<IActorRef, IImmutableList<string>>.Empty.Add(CreateTestProbe().Ref, ["1", "2", "3", "4"]).Add(CreateTestProbe().Ref, []);

        var round = _allocation.Rebalance(regions, ImmutableHashSet<string>.Empty);

        round.IsCompletedSuccessfully.ShouldBeTrue();
        (await round).ShouldBeEmpty();
    }

    /// <summary>A node that was killed is taken for reachable for some seconds, and a hand-off that begins meanwhile waits for its answer.</summary>
    [Fact]
    public async Task Nothing_begins_to_move_while_a_member_says_nothing_of_itself()
    {
        var regions = ImmutableDictionary<IActorRef, IImmutableList<string>>.Empty.Add(new Region(1), ["1", "2", "3", "4"]).Add(new Region(2), []);
        var silent = Member(2);
        Publish(Member(1), silent);
        (await _allocation.Rebalance(regions, ImmutableHashSet<string>.Empty)).ShouldNotBeEmpty();

        _clock.Advance(ShardAllocation.Silence);
        Publish(Member(1), silent);
        var why = _plans.Rounds.NextAsync(EntityKind.Session, CancellationToken.None);
        (await _allocation.Rebalance(regions, ImmutableHashSet<string>.Empty)).ShouldBeEmpty();
        (await _allocation.AllocateShard(ActorRefs.Nobody, "5", regions)).Path.Address.Port.ShouldBe(1, "though the other one is empty");
        (await why.Within("what the round found")).ShouldSatisfyAllConditions(
            plan => plan.Obstacle.ShouldBe(AllocationObstacle.Unreachable), plan => plan.Unreachable.ShouldBe([silent.Key.ToString()]));

        Publish(Member(1), Member(2));
        (await _allocation.Rebalance(regions, ImmutableHashSet<string>.Empty)).ShouldNotBeEmpty("it has said something");
    }

    /// <summary>A session is read from the store as soon as it has moved, a channel when it is needed.</summary>
    [Fact]
    public async Task Fewer_shards_of_sessions_are_under_way_at_a_time_than_of_channels()
    {
        var regions = ImmutableDictionary<IActorRef, IImmutableList<string>>.Empty
            .Add(new Region(1), [.. Enumerable.Range(0, 100).Select(shard => $"{shard}")]).Add(new Region(2), []);
        Publish(Member(1), Member(2));

        (await _allocation.Rebalance(regions, ImmutableHashSet<string>.Empty)).Count.ShouldBe(3);
        (await Of(EntityKind.Channel).Rebalance(regions, ImmutableHashSet<string>.Empty)).Count.ShouldBe(8);
    }

    private ShardAllocation Of(EntityKind kind) => new(kind, _map, _plans, this, new Address("akka", "test"), _clock);

    private static Address AddressOf(int node) => new("akka.tcp", "test", "node", node);

    private void Publish(params MemberSnapshot[] members) => _map.Publish(new ClusterSnapshot(
        members[0].Key, members, new MemberSnapshot?[EntityShards.Count], new MemberSnapshot?[EntityShards.Count]));

    private MemberSnapshot Member(int node)
    {
        var key = new MemberKey(AddressOf(node).ToString(), node);
        var row = new ClusterNews.NodeRow(
            new NodeId($"n{node}"), new Incarnation(node), key, ++_number, "1.0", null, null, 100, 0, 0, 0, false, default, default);
        return new MemberSnapshot(key, node, MemberStanding.Up, IsReachable: true, HoldsShards: true, row, IsDrained: false, IsStopping: false);
    }

    /// <summary>Of a node elsewhere.</summary>
    private sealed class Region(int node) : MinimalActorRef
    {
        public override ActorPath Path { get; } = new RootActorPath(AddressOf(node)) / "system" / "sharding" / "session";

        public override IActorRefProvider Provider => throw new NotSupportedException();
    }
}
