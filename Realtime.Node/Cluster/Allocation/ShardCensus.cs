using System.Globalization;
using Akka.Actor;
using Akka.Cluster.Sharding;
using Realtime.Messages.Cluster;
using Realtime.Messages.Ids;

namespace Realtime.Node.Cluster.Allocation;

/// <summary>
/// Asks the regions of this node which shards they hold, whenever its parent wants to know, and tells it. It asks each shard for a number,
/// never for its entities.
/// </summary>
internal sealed class ShardCensus : UntypedActor
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private readonly IReadOnlyDictionary<EntityKind, IActorRef> _regions;
    private readonly HashSet<EntityKind> _ended = [];
    private int _open;

    public ShardCensus(IReadOnlyDictionary<EntityKind, IActorRef> regions) => _regions = regions;

    public static Props PropsOf(IReadOnlyDictionary<EntityKind, IActorRef> regions) => Props.Create(() => new ShardCensus(regions));

    protected override void PreStart()
    {
        foreach (var (kind, region) in _regions)
        {
            Context.WatchWith(region, new Ended(kind));
        }
    }

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case Take when _open == 0:
                Ask();
                break;
            case Take:
                break;
            case HeldShards held:
                if (!_ended.Contains(held.Kind))
                {
                    Context.Parent.Tell(held);
                }

                Close();
                break;
            case Unanswered:
                Close();
                break;
            case Ended ended:
                _ended.Add(ended.Kind);
                Context.Parent.Tell(new HeldShards(ended.Kind, default, 0));
                break;
            default:
                Unhandled(message);
                break;
        }
    }

    private void Ask()
    {
        _open = 1;
        foreach (var (kind, region) in _regions.Where(region => !_ended.Contains(region.Key)))
        {
            _open++;
            region.Ask<ShardRegionStats>(GetShardRegionStats.Instance, Patience).PipeTo(
                Self, success: stats => Of(kind, stats), failure: _ => Unanswered.Instance);
        }

        Close();
    }

    private void Close()
    {
        if (--_open == 0)
        {
            Context.Parent.Tell(Taken.Instance);
        }
    }

    /// <summary>A shard that is too busy to answer is held all the same.</summary>
    private static HeldShards Of(EntityKind kind, ShardRegionStats stats) => new(
        kind,
        ShardSet.Of(stats.Stats.Keys.Concat(stats.Failed).Select(shard => new ShardId(int.Parse(shard, CultureInfo.InvariantCulture)))),
        stats.Stats.Values.Sum());

    /// <summary>Asks the regions, unless they are being asked.</summary>
    public sealed class Take : INoSerializationVerificationNeeded
    {
        public static Take Instance { get; } = new();
    }

    /// <summary>All regions have answered, or will not.</summary>
    public sealed class Taken : INoSerializationVerificationNeeded
    {
        public static Taken Instance { get; } = new();
    }

    private sealed class Unanswered : INoSerializationVerificationNeeded
    {
        public static Unanswered Instance { get; } = new();
    }

    private sealed record Ended(EntityKind Kind) : INoSerializationVerificationNeeded;
}
