using System.Globalization;
using Realtime.Cluster.Journal;
using Realtime.Messages.Ids;

namespace Realtime.Tests.Membership;

/// <summary>
/// The cluster's rows as the design says they behave, in memory, each call at one instant; with troubles on request. Remembers every
/// owner there ever was, and fails the test when an epoch gets a second one.
/// </summary>
internal sealed class ModelClusterStore(int shards) : IClusterStore
{
    private readonly Lock _gate = new();
    private readonly SortedDictionary<Incarnation, NodeRow> _nodes = [];
    private readonly ShardRow[] _shards = [.. Enumerable.Range(0, shards).Select(i => new ShardRow(new ShardId(i), 0, default))];
    private readonly long[] _changedAt = new long[shards];
    private readonly Dictionary<(ShardId Shard, long Epoch), Incarnation> _owners = [];
    private readonly Dictionary<Incarnation, int> _beats = [];
    private readonly ManualResetEventSlim _resumed = new();
    private long _version = 1;
    private long _incarnation;

    /// <summary>Of the named call by the node (none: before it has joined).</summary>
    public Func<string, Incarnation, Trouble> Troubles { get; set; } = (_, _) => Trouble.None;

    public bool HoldsName { get; set; }

    public long StoreEpoch { get; set; } = 1;

    public bool BeatsOnPoolThreads { get; private set; }

    /// <summary>Shards whose fence a write holds.</summary>
    public HashSet<ShardId> Fenced { get; } = [];

    /// <summary>Who was declared dead by whom.</summary>
    public List<(Incarnation By, Incarnation Victim)> Evictions { get; } = [];

    public Action<Incarnation, Incarnation> Evicted { get; set; } = (_, _) => { };

    public ShardRow this[int shard] => Locked(() => _shards[shard]);

    public IReadOnlyList<NodeRow> Nodes => Locked(() => _nodes.Values.Where(node => node.Status != NodeStatus.Dead).ToList());

    public long Version => Locked(() => _version);

    public int Beats(Incarnation node) => Locked(() => _beats.GetValueOrDefault(node));

    public int Owned(Incarnation node) => Locked(() => _shards.Count(row => row.Owner == node));

    public void Resume() => _resumed.Set();

    /// <summary>What a restored backup looks like.</summary>
    public void GoBack(long versions) => Locked(() => _version -= versions);

    /// <summary>Another process under some name, as it looks from outside.</summary>
    public void Beat(Incarnation node) => Locked(() => _nodes[node] = _nodes[node] with { Heartbeat = _nodes[node].Heartbeat + 1 });

    public void Kill(Incarnation node) => Locked(() => Bury(node, ++_version));

    public ValueTask FoundAsync(ClusterCharter charter, CancellationToken cancellation = default) => Call("found", default, () =>
    {
        if (charter.Shards != _shards.Length)
        {
            throw new StoreFaultException(StoreFault.OtherCluster, string.Create(CultureInfo.InvariantCulture, $"the cluster has {_shards.Length} shards"));
        }

        return true;
    }).AsTask() is { IsFaulted: true } failed ? new ValueTask(failed) : ValueTask.CompletedTask;

    public ValueTask<NodeRow?> FindAsync(NodeId name, CancellationToken cancellation = default) => Call("find", default, () => Living(name));

    public ValueTask<JoinResult> JoinAsync(NodeProfile profile, NodeRow? seen, CancellationToken cancellation = default) => Call("join", default, () =>
    {
        if (Living(profile.Name) is { } other)
        {
            if (seen?.Incarnation != other.Incarnation || seen.Heartbeat != other.Heartbeat)
            {
                return default;
            }

            Bury(other.Incarnation, ++_version);
        }
        else
        {
            _version++;
        }

        var self = new Incarnation(++_incarnation);
        _nodes[self] = new NodeRow(self, profile, NodeStatus.Active, 0, 0);
        return new JoinResult(self, _version);
    });

    public HeartbeatResult Heartbeat(HeartbeatRequest request)
    {
        BeatsOnPoolThreads |= Thread.CurrentThread.IsThreadPoolThread;
        if (Troubles("heartbeat", request.Self) == Trouble.Hangs)
        {
            Locked(() => _beats[request.Self] = _beats.GetValueOrDefault(request.Self) + 1);
            _resumed.Wait(TimeSpan.FromSeconds(30)).ShouldBeTrue("nobody let the store go on");
            throw new StoreUnavailableException("the connection was lost");
        }

        return Call("heartbeat", request.Self, () =>
        {
            _beats[request.Self] = _beats.GetValueOrDefault(request.Self) + 1;
            var alive = _nodes.TryGetValue(request.Self, out var row) && row.Status != NodeStatus.Dead && row.Profile.Boot == request.Boot;
            if (alive)
            {
                _nodes[request.Self] = row! with { Heartbeat = Math.Max(row.Heartbeat, request.Sequence), Load = request.Load };
            }

            return new HeartbeatResult(alive, _version, StoreEpoch, [.. request.Watch
                .Where(node => _nodes.TryGetValue(node, out var watched) && watched.Status != NodeStatus.Dead)
                .Select(node => KeyValuePair.Create(node, _nodes[node].Heartbeat))]);
        }).AsTask().GetAwaiter().GetResult();
    }

    public ValueTask<ViewDelta> ViewAsync(long since, CancellationToken cancellation = default) => Call("view", default, () => new ViewDelta(
        _version,
        StoreEpoch,
        _shards.Length,
        [.. _nodes.Values.Where(node => node.Status != NodeStatus.Dead)],
        [.. _shards.Where(row => since == 0 || _changedAt[row.Shard.Value] > since)]));

    public ValueTask<bool> EvictAsync(Incarnation self, Incarnation victim, long seenHeartbeat, CancellationToken cancellation = default) => Call("evict", self, () =>
    {
        if (!IsLiving(self) || !IsLiving(victim) || _nodes[victim].Heartbeat != seenHeartbeat)
        {
            return false;
        }

        Bury(victim, ++_version);
        Evictions.Add((self, victim));
        Evicted(self, victim);
        return true;
    });

    public ValueTask<ShardGrant> AcquireAsync(Incarnation self, IReadOnlyList<ShardId> wanted, CancellationToken cancellation = default) => Call("acquire", self, () =>
        !IsActive(self) ? ShardGrant.Refused : Give(self, wanted.Where(shard => !IsLiving(_shards[shard.Value].Owner))));

    public ValueTask<ShardGrant> HandOffAsync(
        Incarnation self, Incarnation to, IReadOnlyList<ShardFence> shards, CancellationToken cancellation = default) => Call("handoff", self, () =>
        !IsActive(to) || !IsLiving(self) ? ShardGrant.Refused : Give(to, shards
            .Where(fence => _shards[fence.Shard.Value] == new ShardRow(fence.Shard, fence.Epoch, self) && !Fenced.Contains(fence.Shard))
            .Select(fence => fence.Shard)));

    public ValueTask<bool> DrainAsync(Incarnation self, bool draining, CancellationToken cancellation = default) => Call("drain", self, () =>
    {
        if (!IsLiving(self))
        {
            return false;
        }

        _version++;
        _nodes[self] = _nodes[self] with { Status = draining ? NodeStatus.Draining : NodeStatus.Active };
        return true;
    });

    public ValueTask<DrainResult> DrainUnlessLastAsync(Incarnation self, CancellationToken cancellation = default) => Call("drain unless last", self, () =>
    {
        if (!IsLiving(self))
        {
            return DrainResult.Dead;
        }

        if (IsActive(self))
        {
            if (!_nodes.Keys.Any(node => node != self && IsActive(node)))
            {
                return DrainResult.Last;
            }

            _version++;
            _nodes[self] = _nodes[self] with { Status = NodeStatus.Draining };
        }

        return DrainResult.Draining;
    });

    public ValueTask LeaveAsync(Incarnation self, CancellationToken cancellation = default) => Call("leave", self, () =>
    {
        Bury(self, ++_version);
        return true;
    }).AsTask() is { IsFaulted: true } failed ? new ValueTask(failed) : ValueTask.CompletedTask;

    private ValueTask<T> Call<T>(string name, Incarnation self, Func<T> statement)
    {
        var trouble = Troubles(name, self);
        if (trouble == Trouble.NotExecuted)
        {
            return ValueTask.FromException<T>(new StoreUnavailableException($"{name} was not executed"));
        }

        try
        {
            var result = Locked(statement);
            return trouble == Trouble.ReplyLost
                ? ValueTask.FromException<T>(new StoreUnavailableException($"the answer to {name} was lost"))
                : ValueTask.FromResult(result);
        }
        catch (StoreFaultException fault)
        {
            return ValueTask.FromException<T>(fault);
        }
    }

    private NodeRow? Living(NodeId name) => _nodes.Values.SingleOrDefault(node => node.Profile.Name == name && node.Status != NodeStatus.Dead);

    private bool IsLiving(Incarnation node) => _nodes.TryGetValue(node, out var row) && row.Status != NodeStatus.Dead;

    private bool IsActive(Incarnation node) => IsLiving(node) && _nodes[node].Status == NodeStatus.Active;

    private void Bury(Incarnation node, long version)
    {
        _nodes[node] = _nodes[node] with { Status = NodeStatus.Dead };
        foreach (var row in _shards.Where(row => row.Owner == node && !Fenced.Contains(row.Shard)))
        {
            Change(row.Shard, default, version);
        }
    }

    private ShardGrant Give(Incarnation to, IEnumerable<ShardId> shards)
    {
        _version++;
        return new ShardGrant(true, _version, [.. shards.ToList().Select(shard => Change(shard, to, _version))]);
    }

    private ShardRow Change(ShardId shard, Incarnation owner, long version)
    {
        var row = new ShardRow(shard, _shards[shard.Value].Epoch + 1, owner);
        _owners.TryAdd((shard, row.Epoch), owner).ShouldBeTrue($"shard {shard} got epoch {row.Epoch} twice");
        _changedAt[shard.Value] = version;
        return _shards[shard.Value] = row;
    }

    private void Locked(Action step)
    {
        lock (_gate)
        {
            step();
        }
    }

    private T Locked<T>(Func<T> step)
    {
        lock (_gate)
        {
            return step();
        }
    }
}
