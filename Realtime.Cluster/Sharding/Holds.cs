using Realtime.Cluster.Journal;
using Realtime.Cluster.Membership;
using Realtime.Messages.Ids;

namespace Realtime.Cluster.Sharding;

/// <summary>
/// Shards that operators have moved to this node. Each is held for the one epoch it was handed over at: whoever owns it by another one owes nobody
/// anything. In memory only, like the operator's reasons.
/// </summary>
internal sealed class Holds
{
    private readonly Lock _gate = new();
    private readonly Dictionary<ShardId, long> _epochs = [];

    /// <summary>
    /// A hand-off is about to change the owner of these rows. Noted before it is confirmed, so that the first plan that could see this node as the owner knows
    /// of it; and a hand-off that nobody ordered ends what an earlier one, which was given up, had said.
    /// </summary>
    public void Announced(IEnumerable<ShardRow> rows, bool held)
    {
        lock (_gate)
        {
            foreach (var row in rows)
            {
                if (held)
                {
                    _epochs[row.Shard] = row.Epoch + 1;
                }
                else
                {
                    _epochs.Remove(row.Shard);
                }
            }
        }
    }

    /// <summary>Those of them that are this node's now.</summary>
    public IReadOnlySet<ShardId> Of(ClusterView view, Incarnation self)
    {
        var held = new HashSet<ShardId>();
        lock (_gate)
        {
            foreach (var (shard, epoch) in _epochs)
            {
                var row = view[shard];
                if (row.Epoch > epoch)
                {
                    _epochs.Remove(shard);
                }
                else if (row.Epoch == epoch && row.Owner == self)
                {
                    held.Add(shard);
                }
            }
        }

        return held;
    }

    public void LetGo()
    {
        lock (_gate)
        {
            _epochs.Clear();
        }
    }
}
