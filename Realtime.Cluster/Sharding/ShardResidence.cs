using Realtime.Cluster.Journal;
using Realtime.Messages.Entities;

namespace Realtime.Cluster.Sharding;

/// <summary>The part of a shard that lives here: a region, or one that is stopping, or none. Guarded by the shard.</summary>
internal sealed class ShardResidence(ShardServices services, Action<RegionHost, RegionRemains> emptied)
{
    private RegionHost? _host;
    private RegionRemains? _remains;
    private TaskCompletionSource<RegionRemains>? _awaited;

    /// <summary>Takes messages; null when there is none or it is stopping.</summary>
    public RegionHost? Open => IsStopping ? null : _host;

    public bool IsStopping { get; private set; }

    public bool IsEmpty => _host is null;

    /// <summary>Stopping or not.</summary>
    public EntityRegion? Region => _host?.Region;

    public IReadOnlyList<Entity> Entities => _host is { } host ? [.. host.Region.Entities] : [];

    public bool Has(ShardFence right) => _host is { } host && host.Right == right;

    public void Begin(ShardFence right, IReadOnlyList<KeyValuePair<EntityAddress, ReadOnlyMemory<byte>>> imports)
    {
        _host = new RegionHost(right, services, emptied);
        foreach (var (address, import) in imports)
        {
            _host.Region.Adopt(address, import);
        }
    }

    /// <summary>Tells all entities to stop; a second call only changes how.</summary>
    public void Stop(object signal)
    {
        IsStopping = true;
        _host!.Region.Close(signal);
    }

    /// <summary>The same, for somebody who needs what is left; <see cref="End"/> comes when he is done with it.</summary>
    public Task<RegionRemains> StopAsync(object signal)
    {
        var awaited = _awaited ??= new TaskCompletionSource<RegionRemains>(TaskCreationOptions.RunContinuationsAsynchronously);
        if (_remains is { } remains)
        {
            awaited.TrySetResult(remains);
        }

        Stop(signal);
        return awaited.Task;
    }

    /// <summary>Nobody needs the remains any more.</summary>
    public void End() => _awaited = null;

    /// <returns>False: somebody else's region, or somebody takes the remains.</returns>
    public bool Emptied(RegionHost host, RegionRemains remains)
    {
        if (!ReferenceEquals(host, _host))
        {
            return false;
        }

        _remains = remains;
        _awaited?.TrySetResult(remains);
        return _awaited is null;
    }

    /// <summary>What is left, once all entities have stopped and nobody waits for it; after this nothing lives here.</summary>
    public (ShardFence Right, RegionRemains Remains)? TakeRemains()
    {
        if (_remains is not { } remains || _awaited is not null)
        {
            return null;
        }

        var right = _host!.Right;
        (_host, _remains, IsStopping) = (null, null, false);
        return (right, remains);
    }
}
