using Realtime.Cluster.Journal;
using Realtime.Cluster.Links;
using Realtime.Cluster.Membership;
using Realtime.Cluster.Sharding.Core;
using Realtime.Messages.Entities;
using Realtime.Messages.Ids;

namespace Realtime.Cluster.Sharding;

/// <summary>
/// One shard as this node sees it: away, and then messages are routed to its owner; here, and then its entities live in a region; or
/// leaving, while entities stop and everything that comes waits. A request of another node is handled only at the epoch it was sent at.
/// </summary>
internal sealed class Shard
{
    /// <summary>Milliseconds.</summary>
    private const long BelieveDoubt = 5000;

    private readonly Lock _gate = new();
    private readonly ShardId _id;
    private readonly ShardServices _services;
    private readonly ShardResidence _here;
    private readonly ShardTraffic _traffic;
    private ShardRow _row;

    /// <summary>The store has refused this epoch's fence. Believed until a later epoch comes, or for so long that it must have been a mistake.</summary>
    private long _doubted = -1;
    private long _doubtedAt;
    private long _importsFor;
    private IReadOnlyList<KeyValuePair<EntityAddress, ReadOnlyMemory<byte>>> _imports = [];

    /// <summary>Where a message of this node may go without the gate.</summary>
    private volatile EntityRegion? _direct;

    public Shard(ShardId id, ShardServices services, RouteLimits limits)
    {
        _id = id;
        _services = services;
        _here = new ShardResidence(services, Emptied);
        _traffic = new ShardTraffic(id, services, _here, limits);
        _row = new ShardRow(id, 0, default);
    }

    /// <summary>Its entities are here and messages reach them.</summary>
    public bool IsHere
    {
        get
        {
            lock (_gate)
            {
                return _here.Open is not null;
            }
        }
    }

    public IReadOnlyList<Entity> Entities
    {
        get
        {
            lock (_gate)
            {
                return _here.Entities;
            }
        }
    }

    /// <summary>Addresses of its entities in memory here; the walk holds no lock.</summary>
    public IEnumerable<EntityAddress> Residents
    {
        get
        {
            lock (_gate)
            {
                return _here.Region?.Addresses ?? [];
            }
        }
    }

    private bool IsMine =>
        _row.Owner == _services.Self && !_row.Owner.IsNone && _row.Epoch > _doubted && _services.Standing is not Standing.Out;

    private ShardFence Right => new(_id, _row.Epoch, _row.Owner);

    /// <summary>A message of this node.</summary>
    public void Route(EntityAddress to, EntityMessage message, ReplyTo from)
    {
        if (_direct is { } region && _services.MayServe && region.TryDeliver(to, new EntityInput(message, from)))
        {
            return;
        }

        lock (_gate)
        {
            _traffic.Add(to, message, from);
            _direct = _traffic.Direct;
        }
    }

    /// <summary>A request of another node.</summary>
    public void Take(Incarnation from, LinkFrame.Request request)
    {
        lock (_gate)
        {
            _traffic.Take(from, request);
        }
    }

    public void Answered(long tag, EntityReply reply)
    {
        Routed? message;
        lock (_gate)
        {
            message = _traffic.Answered(tag);
            _direct = _traffic.Direct;
        }

        message?.From.Send(reply);
    }

    public void Returned(long tag, long epoch)
    {
        lock (_gate)
        {
            _traffic.Returned(tag, epoch);
            _direct = _traffic.Direct;
        }
    }

    /// <summary>The view says so. Rows may come late or twice; an older epoch changes nothing.</summary>
    /// <param name="imports">What the last owner has sent of its entities, if it handed the shard to this node; null if it did not.</param>
    public void Follow(ShardRow row, IReadOnlyList<KeyValuePair<EntityAddress, ReadOnlyMemory<byte>>>? imports)
    {
        lock (_gate)
        {
            if (row.Epoch >= _row.Epoch)
            {
                _row = row;
            }

            if (imports is not null)
            {
                // Kept: entities of an earlier epoch may have to stop first.
                (_imports, _importsFor) = (imports, row.Epoch);
            }

            Settle();
        }
    }

    /// <summary>The store has refused this fence: whatever the view says, the entities here have to go.</summary>
    public void Doubt(ShardFence right)
    {
        lock (_gate)
        {
            if (_here.Has(right))
            {
                (_doubted, _doubtedAt) = (right.Epoch, _services.Now);
                Settle();
            }
        }

        _services.Refresh();
    }

    /// <summary>Links, nodes or the standing have changed.</summary>
    public void Look()
    {
        lock (_gate)
        {
            Settle();
        }
    }

    public void Reset(Incarnation peer)
    {
        lock (_gate)
        {
            _traffic.Reset(peer);
            _direct = _traffic.Direct;
        }
    }

    public void Tick()
    {
        lock (_gate)
        {
            if (_doubted >= _row.Epoch && _services.Now - _doubtedAt > BelieveDoubt)
            {
                // No other owner has shown up: the view is right after all.
                _doubted = -1;
                Settle();
            }

            _traffic.Tick();
            _direct = _traffic.Direct;
        }
    }

    /// <summary>Stops the entities so that another node can have them; completes with what it needs. Ended by <see cref="EndHandOff"/>.</summary>
    /// <returns>Null: there is nothing to hand off.</returns>
    public Task<RegionRemains>? BeginHandOff(out ShardFence fence)
    {
        lock (_gate)
        {
            fence = Right;
            if (_here.Open is null || !IsMine || !_here.Has(fence))
            {
                return null;
            }

            _direct = null;
            return _here.StopAsync(Entity.HandOff.Instance);
        }
    }

    /// <summary>The hand-off has come to this: another owner, or as before, and then the entities come to life again where they were.</summary>
    public void EndHandOff(ShardRow? row)
    {
        lock (_gate)
        {
            _here.End();
            if (row is { } changed && changed.Epoch >= _row.Epoch)
            {
                _row = changed;
            }

            Settle();
        }
    }

    /// <summary>The node leaves: entities write what they must and stop. Nothing is taken any more.</summary>
    public Task<RegionRemains> LeaveAsync()
    {
        lock (_gate)
        {
            if (_here.IsEmpty)
            {
                return Task.FromResult(new RegionRemains([], []));
            }

            _direct = null;
            return _here.StopAsync(Entity.Leave.Instance);
        }
    }

    private void Settle()
    {
        var mine = IsMine;
        var right = Right;
        if (!_here.IsEmpty && !(mine && _here.Has(right)))
        {
            _direct = null;
            _here.Stop(Entity.Lost.Instance);
        }

        if (_here.TakeRemains() is { } left)
        {
            if (mine)
            {
                _here.Begin(right, left.Right == right ? left.Remains.Exports : TakeImports());
            }

            _traffic.PassOn(_row, mine, left.Right, left.Remains);
        }
        else if (_here.IsEmpty && mine)
        {
            _here.Begin(right, TakeImports());
        }

        _traffic.Follow(_row, mine);
        _direct = _traffic.Direct;
    }

    private IReadOnlyList<KeyValuePair<EntityAddress, ReadOnlyMemory<byte>>> TakeImports()
    {
        var imports = _importsFor == _row.Epoch ? _imports : [];
        _imports = [];
        return imports;
    }

    private void Emptied(RegionHost host, RegionRemains remains)
    {
        lock (_gate)
        {
            if (_here.Emptied(host, remains))
            {
                Settle();
            }
        }
    }
}
