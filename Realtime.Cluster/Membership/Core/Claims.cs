using Realtime.Messages.Ids;

namespace Realtime.Cluster.Membership.Core;

/// <summary>
/// Which free shards to take now: those that belong here at once, others after a wait that grows with the rank, so that a shard whose
/// first choice does not come for it is not left lying and nodes do not all ask for everything.
/// </summary>
internal sealed class Claims(MembershipTimers timers)
{
    private readonly Dictionary<ShardId, TimeSpan> _freeSince = [];

    /// <summary>What the next in rank waits.</summary>
    public TimeSpan RankWait => timers.Heartbeat / 3;

    public IReadOnlyList<ShardId> Wanted(ClusterView view, Placement placement, Incarnation self, TimeSpan now)
    {
        var wanted = new List<ShardId>();
        foreach (var row in view.Shards)
        {
            if (view.OwnerOf(row.Shard) is not null)
            {
                _freeSince.Remove(row.Shard);
                continue;
            }

            if (!_freeSince.TryGetValue(row.Shard, out var since))
            {
                _freeSince.Add(row.Shard, since = now);
            }

            if (placement.RankOf(row.Shard, self) is >= 0 and var rank && now - since >= RankWait * rank)
            {
                wanted.Add(row.Shard);
            }
        }

        return wanted;
    }
}
