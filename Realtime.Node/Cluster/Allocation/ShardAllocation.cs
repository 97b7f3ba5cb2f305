using System.Collections.Immutable;
using Akka.Actor;
using Akka.Cluster.Sharding;
using Realtime.Messages.Cluster;
using Realtime.Messages.Ids;
using Realtime.Node.Cluster.Core;

namespace Realtime.Node.Cluster.Allocation;

/// <summary>
/// Tells the coordinator of one kind of entities where shards belong: reads the <see cref="ClusterMap"/> and the plans and leaves the decision to a
/// <see cref="ShardAllocator"/>. Used by the coordinator's actor alone; answers at once.
/// </summary>
internal sealed class ShardAllocation(EntityKind kind, ClusterMap map, ClusterPlans plans, IStoreOutage store, Address self, TimeProvider time)
    : IShardAllocationStrategy
{
    /// <summary>How both were measured: docs/decisions/0033-allocation.md.</summary>
    internal const int ChannelsUnderWay = 8;

    /// <summary>Of shards of sessions fewer: each session is read from the store as soon as it has moved, and publishes to channels that move as well would wait behind thousands of them.</summary>
    internal const int SessionsUnderWay = 3;

    /// <summary>
    /// Rows come once a second. A member of which none has come for that long may be dead, some seconds before heartbeats say so; a hand-off that began now would wait for it.
    /// </summary>
    internal static readonly TimeSpan Silence = TimeSpan.FromSeconds(2.5);

    private readonly ShardAllocator _allocator = new(kind is EntityKind.Session ? SessionsUnderWay : ChannelsUnderWay);
    private Dictionary<MemberKey, (long Number, long At)> _heard = [];

    public Task<IActorRef> AllocateShard(
        IActorRef requester, string shardId, IImmutableDictionary<IActorRef, IImmutableList<string>> currentShardAllocations)
    {
        var holders = HoldersOf(currentShardAllocations);
        var place = _allocator.Place(shardId, [.. holders.Keys], OrdersOf(map.Current));

        // There is a region, or the coordinator would not have asked.
        return Task.FromResult(holders[place!]);
    }

    public Task<IImmutableSet<string>> Rebalance(
        IImmutableDictionary<IActorRef, IImmutableList<string>> currentShardAllocations, IImmutableSet<string> rebalanceInProgress)
    {
        var cluster = map.Current;
        var holders = HoldersOf(currentShardAllocations).Keys.ToList();
        Settle(cluster, holders, rebalanceInProgress);
        var (moving, orders) = (rebalanceInProgress.ToHashSet(StringComparer.Ordinal), OrdersOf(cluster));
        plans.Rounds.Begin(kind, () => _allocator.Plan(holders, moving, orders));
        return Task.FromResult<IImmutableSet<string>>([.. _allocator.Round(holders, moving, orders)]);
    }

    private Dictionary<ShardHolder, IActorRef> HoldersOf(IImmutableDictionary<IActorRef, IImmutableList<string>> allocations)
    {
        var cluster = map.Current;
        Hear(cluster);
        var addresses = allocations.Keys.CountBy(AddressOf).ToDictionary();
        var holders = new Dictionary<ShardHolder, IActorRef>(ReferenceEqualityComparer.Instance);
        foreach (var (region, shards) in allocations)
        {
            var address = AddressOf(region);
            var member = cluster.Members.FirstOrDefault(member => member.Key.Address == address);

            // Of two regions on one address one is of a process that has ended, and its reference does not say which.
            var willingness = addresses[address] > 1 || IsSilent(member) ? Willingness.Unreachable : member?.Willingness ?? Willingness.Unheard;
            holders.Add(new ShardHolder(member?.Key.ToString() ?? address, Math.Max(1, member?.Row?.Capacity ?? 1), willingness, shards), region);
        }

        return holders;
    }

    private void Hear(ClusterSnapshot cluster)
    {
        var now = time.GetTimestamp();
        _heard = cluster.Members.Where(member => member.Row is not null).ToDictionary(
            member => member.Key,
            member => _heard.TryGetValue(member.Key, out var known) && known.Number == member.Row!.Number ? known : (member.Row!.Number, now));
    }

    private bool IsSilent(MemberSnapshot? member) =>
        member is not null && _heard.TryGetValue(member.Key, out var heard) && time.GetElapsedTime(heard.At) >= Silence;

    private string AddressOf(IActorRef region) => (region.Path.Address.HasLocalScope ? self : region.Path.Address).ToString();

    private AllocationOrders OrdersOf(ClusterSnapshot cluster)
    {
        var book = plans.Current;
        var moves = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var move in book.Moves.Where(move => move.Kind == kind))
        {
            if (cluster.Find(move.Target) is { } target)
            {
                moves.Add(move.Shard.ToString(), target.Key.ToString());
            }
        }

        return new AllocationOrders(moves, book.PausedUntilMs > time.GetUtcNow().ToUnixTimeMilliseconds(), store.IsOut);
    }

    /// <summary>A move that is done, or whose target takes none any more, is over.</summary>
    private void Settle(ClusterSnapshot cluster, List<ShardHolder> holders, IImmutableSet<string> moving)
    {
        foreach (var move in plans.Current.Moves.Where(move => move.Kind == kind))
        {
            var target = cluster.Find(move.Target);
            var shard = move.Shard.ToString();
            var isThere = target is not null && !moving.Contains(shard) &&
                holders.Any(holder => holder.Key == target.Key.ToString() && holder.Shards.Contains(shard));
            if (isThere || target is null or { IsDrained: true } or { IsStopping: true } or { Standing: not MemberStanding.Up })
            {
                plans.Settle(move, isThere);
            }
        }
    }
}
