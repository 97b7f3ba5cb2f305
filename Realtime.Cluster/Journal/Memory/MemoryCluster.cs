using Realtime.Messages.Ids;

namespace Realtime.Cluster.Journal.Memory;

/// <summary>The nodes and shards of a cluster whose nodes share one process. Its owner lets one caller in at a time.</summary>
internal sealed class MemoryCluster
{
    // Only the living: a row that nobody finds any more is as good as one that says dead.
    private readonly SortedDictionary<Incarnation, NodeRow> _nodes = [];
    private readonly List<ShardRow> _shards = [];
    private readonly List<long> _changed = [];
    private int _protocol;
    private long _lastIncarnation;
    private long _version = 1;

    /// <exception cref="StoreFaultException">Founded already, and differently.</exception>
    public void Found(ClusterCharter charter, string description)
    {
        if (_shards.Count == 0)
        {
            for (var i = 0; i < charter.Shards; i++)
            {
                _shards.Add(new ShardRow(new ShardId(i), 0, default));
                _changed.Add(_version);
            }

            _protocol = charter.Protocol;
        }

        CharterCheck.Demand(charter, _shards.Count, _protocol, _protocol, description);
    }

    public NodeRow? Find(NodeId name)
    {
        foreach (var node in _nodes.Values)
        {
            if (node.Profile.Name == name)
            {
                return node;
            }
        }

        return null;
    }

    public JoinResult Join(NodeProfile profile, NodeRow? seen)
    {
        if (Find(profile.Name) is { } living)
        {
            if (seen is null || seen.Incarnation != living.Incarnation || seen.Heartbeat != living.Heartbeat)
            {
                return new JoinResult(default, _version);
            }

            _version++;
            Kill(living.Incarnation);
        }
        else
        {
            _version++;
        }

        var self = new Incarnation(++_lastIncarnation);
        _nodes.Add(self, new NodeRow(self, profile, NodeStatus.Active, 0, 0));
        return new JoinResult(self, _version);
    }

    public HeartbeatResult Heartbeat(HeartbeatRequest request, long storeEpoch)
    {
        var alive = _nodes.TryGetValue(request.Self, out var self) && self.Profile.Boot == request.Boot;
        if (alive && request.Sequence > self!.Heartbeat)
        {
            _nodes[request.Self] = self with { Heartbeat = request.Sequence, Load = request.Load };
        }

        var watched = new List<KeyValuePair<Incarnation, long>>();
        foreach (var node in request.Watch)
        {
            if (_nodes.TryGetValue(node, out var row))
            {
                watched.Add(new(node, row.Heartbeat));
            }
        }

        return new HeartbeatResult(alive, _version, storeEpoch, watched);
    }

    public ViewDelta View(long since, long storeEpoch) =>
        new(_version, storeEpoch, _shards.Count, [.. _nodes.Values], [.. _shards.Where(row => _changed[row.Shard.Value] > since)]);

    public bool Evict(Incarnation self, Incarnation victim, long seenHeartbeat)
    {
        if (!_nodes.ContainsKey(self) || !_nodes.TryGetValue(victim, out var row) || row.Heartbeat != seenHeartbeat)
        {
            return false;
        }

        _version++;
        Kill(victim);
        return true;
    }

    public ShardGrant Acquire(Incarnation self, IReadOnlyList<ShardId> wanted)
    {
        if (!IsActive(self))
        {
            return ShardGrant.Refused;
        }

        var free = wanted.Where(shard => Has(shard) && _shards[shard.Value].Owner.IsNone);
        return Grant([.. free.Select(shard => (shard, self)).Distinct()]);
    }

    public ShardGrant HandOff(Incarnation self, Incarnation to, IReadOnlyList<ShardFence> shards)
    {
        if (!_nodes.ContainsKey(self) || !IsActive(to))
        {
            return ShardGrant.Refused;
        }

        return Grant([.. shards.Where(fence => fence.Owner == self && Holds(fence)).Select(fence => (fence.Shard, to)).Distinct()]);
    }

    public bool Drain(Incarnation self, bool draining)
    {
        var status = draining ? NodeStatus.Draining : NodeStatus.Active;
        if (!_nodes.TryGetValue(self, out var row))
        {
            return false;
        }

        if (row.Status != status)
        {
            _version++;
            _nodes[self] = row with { Status = status };
        }

        return true;
    }

    public DrainResult DrainUnlessLast(Incarnation self)
    {
        if (!_nodes.TryGetValue(self, out var row))
        {
            return DrainResult.Dead;
        }

        if (row.Status == NodeStatus.Active && !_nodes.Keys.Any(node => node != self && IsActive(node)))
        {
            return DrainResult.Last;
        }

        Drain(self, draining: true);
        return DrainResult.Draining;
    }

    public void Leave(Incarnation self)
    {
        if (_nodes.ContainsKey(self))
        {
            _version++;
            Kill(self);
        }
    }

    /// <summary>Whether a write may go through; without a fence it always may.</summary>
    public bool Holds(ShardFence? fence) =>
        fence is not { } it || (Has(it.Shard) && !it.Owner.IsNone && _shards[it.Shard.Value] == new ShardRow(it.Shard, it.Epoch, it.Owner));

    private bool Has(ShardId shard) => shard.Value >= 0 && shard.Value < _shards.Count;

    private bool IsActive(Incarnation node) => _nodes.TryGetValue(node, out var row) && row.Status == NodeStatus.Active;

    private ShardGrant Grant(IReadOnlyList<(ShardId Shard, Incarnation Owner)> changes)
    {
        if (changes.Count > 0)
        {
            _version++;
        }

        return new ShardGrant(true, _version, [.. changes.Select(change => Give(change.Shard, change.Owner))]);
    }

    private ShardRow Give(ShardId shard, Incarnation owner)
    {
        _changed[shard.Value] = _version;
        return _shards[shard.Value] = new ShardRow(shard, _shards[shard.Value].Epoch + 1, owner);
    }

    private void Kill(Incarnation node)
    {
        _nodes.Remove(node);
        foreach (var row in _shards.Where(row => row.Owner == node).ToArray())
        {
            Give(row.Shard, default);
        }
    }
}
