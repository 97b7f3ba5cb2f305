using Realtime.Messages.Ids;

namespace Realtime.Cluster.Journal.Sqlite;

/// <summary>
/// The cluster's rows on one connection. A change takes SQLite's lock to write before it looks at anything, so that what it found still
/// holds when it commits; that lock is also what a fence's check in an append stands under.
/// </summary>
internal sealed class ClusterStatements(SqliteDatabase database, TimeSpan patience) : IDisposable
{
    /// <summary>Dead rows are kept for people to look at, but not for ever.</summary>
    private const int DeadKept = 1_000;

    private readonly SqliteStatement _begin = database.Prepare("BEGIN");
    private readonly SqliteStatement _commit = database.Prepare("COMMIT");
    private readonly SqliteStatement _cluster = database.Prepare("SELECT view_version, store_epoch, coalesce(shard_count, 0), proto_min, proto_max FROM cluster");
    private readonly SqliteStatement _found = database.Prepare("UPDATE cluster SET shard_count = ?1, proto_min = ?2, proto_max = ?2");
    private readonly SqliteStatement _addShard = database.Prepare("INSERT INTO shard (id, epoch, changed) VALUES (?1, 0, ?2)");
    private readonly SqliteStatement _bump = database.Prepare("UPDATE cluster SET view_version = view_version + 1 RETURNING view_version");
    private readonly SqliteStatement _nodes = database.Prepare(NodeColumns.Select + "status < 4 ORDER BY inc");
    private readonly SqliteStatement _byName = database.Prepare(NodeColumns.Select + "status < 4 AND name = ?1");
    private readonly SqliteStatement _byIncarnation = database.Prepare(NodeColumns.Select + "status < 4 AND inc = ?1");
    private readonly SqliteStatement _others = database.Prepare(NodeColumns.Select + "status = 2 AND inc <> ?1 LIMIT 1");
    private readonly SqliteStatement _insertNode = database.Prepare(NodeColumns.Insert);
    private readonly SqliteStatement _forgetDead = database.Prepare("DELETE FROM node WHERE status = 4 AND inc < ?1");
    private readonly SqliteStatement _setStatus = database.Prepare("UPDATE node SET status = ?2 WHERE inc = ?1");
    private readonly SqliteStatement _free = database.Prepare("UPDATE shard SET owner = NULL, epoch = epoch + 1, changed = ?2 WHERE owner = ?1");
    private readonly SqliteStatement _beat = database.Prepare("UPDATE node SET heartbeat = ?2, load = ?3 WHERE inc = ?1 AND heartbeat < ?2");
    private readonly SqliteStatement _shards = database.Prepare("SELECT id, epoch, coalesce(owner, 0) FROM shard WHERE changed > ?1 ORDER BY id");
    private readonly SqliteStatement _acquire = database.Prepare(
        "UPDATE shard SET owner = ?2, epoch = epoch + 1, changed = ?3 "
        + "WHERE id = ?1 AND (owner IS NULL OR owner NOT IN (SELECT inc FROM node WHERE status < 4)) RETURNING id, epoch, owner");

    private readonly SqliteStatement _handOff = database.Prepare(
        "UPDATE shard SET owner = ?4, epoch = epoch + 1, changed = ?5 WHERE id = ?1 AND epoch = ?2 AND owner = ?3 RETURNING id, epoch, owner");

    public bool Found(ClusterCharter charter, string description) => Write(() =>
    {
        var (version, _, shards, oldest, newest) = Cluster();
        if (shards == 0)
        {
            _found.Bind(1, charter.Shards);
            _found.Bind(2, charter.Protocol);
            _found.Run();
            for (var i = 0; i < charter.Shards; i++)
            {
                _addShard.Bind(1, i);
                _addShard.Bind(2, version);
                _addShard.Run();
            }

            (shards, oldest, newest) = (charter.Shards, charter.Protocol, charter.Protocol);
        }

        CharterCheck.Demand(charter, shards, oldest, newest, description);
        return true;
    });

    public NodeRow? Find(NodeId name)
    {
        _byName.Bind(1, name.Name);
        return NodeColumns.One(_byName);
    }

    /// <param name="dead">Whoever lives under that name is known to be dead, seen or not.</param>
    public JoinResult Join(NodeProfile profile, NodeRow? seen, bool dead) => Write(() =>
    {
        var living = Find(profile.Name);
        if (living is not null && !dead && (seen?.Incarnation != living.Incarnation || seen.Heartbeat != living.Heartbeat))
        {
            return new JoinResult(default, Cluster().Version);
        }

        var version = Bump();
        if (living is not null)
        {
            Kill(living.Incarnation, version);
        }

        var self = NodeColumns.Add(_insertNode, profile);
        _forgetDead.Bind(1, self.Value - DeadKept);
        _forgetDead.Run();
        return new JoinResult(self, version);
    });

    public HeartbeatResult Heartbeat(HeartbeatRequest request) => Write(() =>
    {
        var alive = Living(request.Self) is { } self && self.Profile.Boot == request.Boot;
        if (alive)
        {
            _beat.Bind(1, request.Self.Value);
            _beat.Bind(2, request.Sequence);
            _beat.Bind(3, request.Load);
            _beat.Run();
        }

        var watched = new List<KeyValuePair<Incarnation, long>>(request.Watch.Count);
        foreach (var node in request.Watch)
        {
            if (Living(node) is { } row)
            {
                watched.Add(new(node, row.Heartbeat));
            }
        }

        var (version, epoch, _, _, _) = Cluster();
        return new HeartbeatResult(alive, version, epoch, watched);
    });

    public ViewDelta View(long since) => InTransaction(_begin.Run, () =>
    {
        var (version, epoch, count, _, _) = Cluster();
        var nodes = new List<NodeRow>();
        while (_nodes.Step())
        {
            nodes.Add(NodeColumns.Read(_nodes));
        }

        var shards = new List<ShardRow>();
        _shards.Bind(1, since);
        while (_shards.Step())
        {
            shards.Add(Shard(_shards));
        }

        return new ViewDelta(version, epoch, (int)count, nodes, shards);
    });

    public bool Evict(Incarnation self, Incarnation victim, long seenHeartbeat) => Write(() =>
    {
        if (Living(self) is null || Living(victim)?.Heartbeat != seenHeartbeat)
        {
            return false;
        }

        Kill(victim, Bump());
        return true;
    });

    public ShardGrant Acquire(Incarnation self, IReadOnlyList<ShardId> wanted) => Write(() => !IsActive(self)
        ? ShardGrant.Refused
        : Give(wanted, (shard, next) =>
        {
            _acquire.Bind(1, shard.Value);
            _acquire.Bind(2, self.Value);
            _acquire.Bind(3, next);
            return _acquire;
        }));

    public ShardGrant HandOff(Incarnation self, Incarnation to, IReadOnlyList<ShardFence> shards) => Write(() => Living(self) is null || !IsActive(to)
        ? ShardGrant.Refused
        : Give(shards.Where(fence => fence.Owner == self), (fence, next) =>
        {
            _handOff.Bind(1, fence.Shard.Value);
            _handOff.Bind(2, fence.Epoch);
            _handOff.Bind(3, self.Value);
            _handOff.Bind(4, to.Value);
            _handOff.Bind(5, next);
            return _handOff;
        }));

    public bool Drain(Incarnation self, bool draining) => Write(() =>
    {
        var status = draining ? NodeStatus.Draining : NodeStatus.Active;
        if (Living(self) is not { } row)
        {
            return false;
        }

        Change(row, status);
        return true;
    });

    public DrainResult DrainUnlessLast(Incarnation self) => Write(() =>
    {
        if (Living(self) is not { } row)
        {
            return DrainResult.Dead;
        }

        if (row.Status == NodeStatus.Active && IsLast(self))
        {
            return DrainResult.Last;
        }

        Change(row, NodeStatus.Draining);
        return DrainResult.Draining;
    });

    public bool Leave(Incarnation self) => Write(() =>
    {
        if (Living(self) is null)
        {
            return false;
        }

        Kill(self, Bump());
        return true;
    });

    public void Dispose() => database.Dispose();

    /// <summary>Gives away what the statement finds as expected; the version moves only when that is anything.</summary>
    private ShardGrant Give<T>(IEnumerable<T> candidates, Func<T, long, SqliteStatement> bind)
    {
        var rows = new List<ShardRow>();
        var version = Cluster().Version;
        foreach (var candidate in candidates)
        {
            var statement = bind(candidate, version + 1);
            if (statement.Step())
            {
                rows.Add(Shard(statement));
                statement.Reset();
            }
        }

        return new ShardGrant(true, rows.Count > 0 ? Bump() : version, rows);
    }

    private void Kill(Incarnation node, long version)
    {
        SetStatus(node, NodeStatus.Dead);
        _free.Bind(1, node.Value);
        _free.Bind(2, version);
        _free.Run();
    }

    private void SetStatus(Incarnation node, NodeStatus status)
    {
        _setStatus.Bind(1, node.Value);
        _setStatus.Bind(2, (int)status);
        _setStatus.Run();
    }

    private NodeRow? Living(Incarnation node)
    {
        _byIncarnation.Bind(1, node.Value);
        return NodeColumns.One(_byIncarnation);
    }

    private void Change(NodeRow row, NodeStatus status)
    {
        if (row.Status != status)
        {
            Bump();
            SetStatus(row.Incarnation, status);
        }
    }

    private bool IsLast(Incarnation self)
    {
        _others.Bind(1, self.Value);
        return NodeColumns.One(_others) is null;
    }

    private bool IsActive(Incarnation node) => Living(node)?.Status == NodeStatus.Active;

    private static ShardRow Shard(SqliteStatement row) => new(new ShardId((int)row.Int64(0)), row.Int64(1), new Incarnation(row.Int64(2)));

    private (long Version, long StoreEpoch, long Shards, long OldestProtocol, long NewestProtocol) Cluster()
    {
        if (!_cluster.Step())
        {
            throw new InvalidDataException("the store has lost its identity");
        }

        var row = (_cluster.Int64(0), _cluster.Int64(1), _cluster.Int64(2), _cluster.Int64(3), _cluster.Int64(4));
        _cluster.Reset();
        return row;
    }

    private long Bump()
    {
        _bump.Step();
        var version = _bump.Int64(0);
        _bump.Reset();
        return version;
    }

    private T Write<T>(Func<T> change) => InTransaction(() => database.BeginWrite(patience), change);

    private T InTransaction<T>(Action begin, Func<T> step)
    {
        begin();
        try
        {
            var result = step();
            _commit.Run();
            return result;
        }
        finally
        {
            if (database.InTransaction)
            {
                database.Execute("ROLLBACK");
            }
        }
    }
}
