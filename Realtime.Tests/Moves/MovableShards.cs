using System.Collections.Concurrent;
using System.Collections.Immutable;
using Akka.Actor;
using Akka.Cluster.Sharding;

namespace Realtime.Tests.Moves;

/// <summary>Shards are where the test wants them; it is asked by the coordinator of any node, and moves all that are elsewhere at once.</summary>
internal sealed class MovableShards : IShardAllocationStrategy
{
    private readonly ConcurrentDictionary<string, Address> _places = new();

    /// <summary>Of those that were not moved by themselves.</summary>
    public Address? Everywhere { get; set; }

    public void Move(string shard, Address to) => _places[shard] = to;

    public void MoveAll(Address to)
    {
        _places.Clear();
        Everywhere = to;
    }

    public Task<IActorRef> AllocateShard(
        IActorRef requester, string shardId, IImmutableDictionary<IActorRef, IImmutableList<string>> currentShardAllocations) =>
        Task.FromResult(currentShardAllocations.Keys.FirstOrDefault(region => AddressOf(region, requester) == PlaceOf(shardId)) ?? requester);

    public Task<IImmutableSet<string>> Rebalance(
        IImmutableDictionary<IActorRef, IImmutableList<string>> currentShardAllocations, IImmutableSet<string> rebalanceInProgress)
    {
        var there = currentShardAllocations.Keys.Select(region => AddressOf(region, null)).ToHashSet();
        var misplaced = currentShardAllocations
            .SelectMany(entry => entry.Value.Where(shard => PlaceOf(shard) is { } place && there.Contains(place) && AddressOf(entry.Key, null) != place));
        return Task.FromResult<IImmutableSet<string>>(misplaced.Except(rebalanceInProgress).ToImmutableHashSet());
    }

    private Address? PlaceOf(string shard) => _places.TryGetValue(shard, out var place) ? place : Everywhere;

    /// <summary>A region of the coordinator's own node has no host in its path.</summary>
    private Address? AddressOf(IActorRef region, IActorRef? requester) =>
        region.Path.Address.HasGlobalScope ? region.Path.Address : Coordinator;

    /// <summary>Where the coordinators are: on the oldest node.</summary>
    public Address? Coordinator { get; set; }
}
