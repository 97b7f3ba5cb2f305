using System.Collections.Immutable;
using Akka.Actor;
using Akka.TestKit.Xunit;
using Realtime.Messages.Cluster;
using Realtime.Node.Cluster.Allocation;
using Realtime.Tests.Support;

namespace Realtime.Tests.Cluster.Allocation;

/// <summary>The strategy before anything is known of the cluster.</summary>
[Collection(ActorSystems.Name)]
public sealed class ShardAllocationTests : TestKit, IStoreOutage
{
    private readonly ShardAllocation _allocation;

    public ShardAllocationTests()
        : base(TestHocon.Quiet)
    {
        var map = new ClusterMap();
        _allocation = new ShardAllocation(EntityKind.Session, map, new ClusterPlans(map), this, new Address("akka", "test"), TimeProvider.System);
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
}
