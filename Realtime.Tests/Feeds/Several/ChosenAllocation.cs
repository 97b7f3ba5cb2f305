using System.Collections.Concurrent;
using System.Collections.Immutable;
using Akka.Actor;
using Akka.Cluster.Sharding;
using Realtime.Messages.Ids;
using Realtime.Node.Persistence;

namespace Realtime.Tests.Feeds.Several;

/// <summary>Puts channels where the test wants them, and moves them when it changes its mind. Shared by all nodes.</summary>
internal sealed class ChosenAllocation : IShardAllocationStrategy
{
    private readonly ConcurrentDictionary<string, Address> _chosen = [];

    public void Choose(ChannelName channel, Address node) => _chosen[EntityShards.Of(EntityIds.Of(channel))] = node;

    public Task<IActorRef> AllocateShard(
        IActorRef requester, string shardId, IImmutableDictionary<IActorRef, IImmutableList<string>> currentShardAllocations)
    {
        var chosen = currentShardAllocations.Keys.FirstOrDefault(region => IsChosen(region, requester, shardId));
        return Task.FromResult(chosen ?? currentShardAllocations.Keys.First());
    }

    public Task<IImmutableSet<string>> Rebalance(
        IImmutableDictionary<IActorRef, IImmutableList<string>> currentShardAllocations, IImmutableSet<string> rebalanceInProgress)
    {
        var regions = currentShardAllocations.Keys.ToList();
        IImmutableSet<string> misplaced = currentShardAllocations
            .SelectMany(region => region.Value.Where(shard => !IsChosen(region.Key, region.Key, shard) && regions.Exists(other => IsChosen(other, other, shard))))
            .Except(rebalanceInProgress)
            .ToImmutableHashSet();
        return Task.FromResult(misplaced);
    }

    /// <summary>The coordinator's own region has no host in its address.</summary>
    private bool IsChosen(IActorRef region, IActorRef requester, string shard)
    {
        _ = requester;
        return _chosen.TryGetValue(shard, out var node) && (region.Path.Address.HasGlobalScope ? region.Path.Address : Own(region)) == node;
    }

    private static Address Own(IActorRef region) => ((IInternalActorRef)region).Provider.DefaultAddress;
}
