using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Realtime.Cluster.Journal;
using Realtime.Cluster.Kernel;
using Realtime.Cluster.Links;
using Realtime.Cluster.Membership;
using Realtime.Cluster.Telemetry;
using Realtime.Cluster.Telemetry.Metrics;
using Realtime.Messages.Entities;
using Realtime.Messages.Ids;

namespace Realtime.Cluster.Sharding;

/// <summary>
/// Gives shards of this node to another: entities stop and export, the other node confirms that it has everything, and then one
/// compare-and-set changes the owner. Whatever goes wrong before that, nothing has changed and the entities come to life again here; after it this
/// node is out, and returns what it did not begin.
/// </summary>
internal sealed partial class HandOffs(
    ShardServices services, IMembership membership, Func<ShardId, Shard> shards, TimeProvider time, ILogger logger, MemberFigures figures)
{
    private const int PartBytes = 256 * 1024;
    private const int Attempts = 20;

    private static readonly TimeSpan StopWithin = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan ConfirmWithin = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan RetryAfter = TimeSpan.FromMilliseconds(50);

    private readonly ConcurrentDictionary<long, (Incarnation To, TaskCompletionSource<int> Confirmed)> _open = new();
    private readonly ConcurrentDictionary<ShardId, (NodeId To, long Since)> _moving = new();
    private long _last;

    /// <summary>Those under way.</summary>
    public IReadOnlyList<ShardMoving> Moves =>
        [.. _moving.Select(move => new ShardMoving(move.Key, services.Name, move.Value.To, time.GetElapsedTime(move.Value.Since)))];

    public bool Reaches(Incarnation to) => services.IsUp(to);

    public NodeId? MovingTo(ShardId shard) => _moving.TryGetValue(shard, out var move) ? move.To : null;

    /// <summary>The other node says how many entities it has.</summary>
    public void Confirmed(Incarnation from, LinkFrame.Staged staged)
    {
        if (_open.TryGetValue(staged.HandOff, out var open) && open.To == from)
        {
            open.Confirmed.TrySetResult(staged.Entities);
        }
    }

    /// <summary>The link was lost: whether everything came cannot be known.</summary>
    public void Reset(Incarnation peer)
    {
        foreach (var (_, open) in _open)
        {
            if (open.To == peer)
            {
                open.Confirmed.TrySetResult(-1);
            }
        }
    }

    /// <summary>Moves a batch; completes when every shard of it serves again, here or there.</summary>
    /// <param name="held">The other node is to keep them though its plan would have them elsewhere.</param>
    /// <returns>How many have moved.</returns>
    public async Task<int> MoveAsync(Incarnation to, IReadOnlyList<ShardId> batch, bool held, CancellationToken cancellation)
    {
        if (membership.View.Find(to)?.Profile.Name is not { } name)
        {
            return 0;
        }

        var started = time.GetTimestamp();
        foreach (var shard in batch)
        {
            _moving[shard] = (name, started);
        }

        try
        {
            var (moved, entities) = await MoveOnceAsync(to, batch, held, cancellation).ConfigureAwait(false);
            if (moved > 0)
            {
                HandedOff(logger, moved, to.Value, entities, (long)time.GetElapsedTime(started).TotalMilliseconds);
            }

            return moved;
        }
        finally
        {
            foreach (var shard in batch)
            {
                _moving.TryRemove(shard, out _);
            }
        }
    }

    private async Task<(int Moved, int Entities)> MoveOnceAsync(Incarnation to, IReadOnlyList<ShardId> batch, bool held, CancellationToken cancellation)
    {
        var started = time.GetTimestamp();
        var stopped = await StopAsync(batch, cancellation).ConfigureAwait(false);
        var moved = new Dictionary<ShardId, ShardRow>();
        var handOff = Interlocked.Increment(ref _last);
        try
        {
            if (stopped.Count > 0 && await StageAsync(handOff, to, stopped, held, cancellation).ConfigureAwait(false))
            {
                await BadLuckAsync(cancellation).ConfigureAwait(false);
                await ChangeOwnerAsync(to, stopped, moved, cancellation).ConfigureAwait(false);
                await BadLuckAsync(cancellation).ConfigureAwait(false);
            }
        }
        finally
        {
            if (moved.Count == 0)
            {
                services.Send(to, new LinkFrame.StageDropped(handOff));
            }

            foreach (var (shard, _, _) in stopped)
            {
                shards(shard).EndHandOff(moved.TryGetValue(shard, out var row) ? row : null);
            }

            figures.HandOffOver(time.GetElapsedTime(started), moved.Count, batch.Count);
        }

        return (moved.Count, stopped.Sum(shard => shard.Exports.Count));
    }

    private Task BadLuckAsync(CancellationToken cancellation) =>
        FaultPoints.Current.HandOff.Draw() is { Ticks: > 0 } delay ? Task.Delay(delay, time, cancellation) : Task.CompletedTask;

    private async Task<List<StoppedShard>> StopAsync(IReadOnlyList<ShardId> batch, CancellationToken cancellation)
    {
        var stopping = new List<(ShardId Shard, ShardFence Fence, Task<RegionRemains> Remains)>();
        foreach (var shard in batch)
        {
            if (shards(shard).BeginHandOff(out var fence) is { } remains)
            {
                stopping.Add((shard, fence, remains));
            }
        }

        using var deadline = new CancellationTokenSource(StopWithin, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellation);
        var stopped = new List<StoppedShard>();
        foreach (var (shard, fence, remains) in stopping)
        {
            try
            {
                var all = await remains.WaitAsync(either.Token).ConfigureAwait(false);
                stopped.Add(new StoppedShard(shard, fence, all.Exports));
            }
            catch (OperationCanceledException)
            {
                // An entity waits for the store. The shard serves again as soon as that one has stopped.
                shards(shard).EndHandOff(null);
            }
        }

        return stopped;
    }

    /// <returns>True: the other node has confirmed that it has every entity.</returns>
    private async Task<bool> StageAsync(long handOff, Incarnation to, List<StoppedShard> stopped, bool held, CancellationToken cancellation)
    {
        var confirmed = new TaskCompletionSource<int>(TaskCreationOptions.RunContinuationsAsynchronously);
        _open[handOff] = (to, confirmed);
        try
        {
            var entities = 0;
            foreach (var (address, state) in stopped.SelectMany(shard => shard.Exports))
            {
                entities++;
                for (var at = 0; at == 0 || at < state.Length; at += PartBytes)
                {
                    var part = state.Slice(at, Math.Min(PartBytes, state.Length - at));
                    if (!await SendAsync(to, new LinkFrame.Stage(handOff, address, part, at + part.Length >= state.Length), cancellation).ConfigureAwait(false))
                    {
                        return false;
                    }
                }
            }

            var end = new LinkFrame.StageEnd(handOff, [.. stopped.Select(shard => shard.Shard)], entities, held);
            return await SendAsync(to, end, cancellation).ConfigureAwait(false)
                && await confirmed.Task.WaitAsync(ConfirmWithin, time, cancellation).ConfigureAwait(false) == entities;
        }
        catch (TimeoutException)
        {
            NotConfirmed(logger, to.Value);
            return false;
        }
        finally
        {
            _open.TryRemove(handOff, out _);
        }
    }

    /// <summary>A full queue empties in a moment; a link that is down ends the hand-off.</summary>
    private async Task<bool> SendAsync(Incarnation to, LinkFrame frame, CancellationToken cancellation)
    {
        for (var i = 0; i < Attempts; i++)
        {
            if (services.Send(to, frame))
            {
                return true;
            }

            if (!services.IsUp(to))
            {
                return false;
            }

            await Task.Delay(RetryAfter, time, cancellation).ConfigureAwait(false);
        }

        return false;
    }

    /// <summary>A shard whose fence a write still holds is left out by the store and tried again: the write ends in a moment.</summary>
    private async Task ChangeOwnerAsync(Incarnation to, List<StoppedShard> stopped, Dictionary<ShardId, ShardRow> moved, CancellationToken cancellation)
    {
        for (var i = 0; i < Attempts; i++)
        {
            var rest = stopped.Where(shard => !moved.ContainsKey(shard.Shard)).Select(shard => shard.Fence).ToArray();
            foreach (var row in await membership.HandOffAsync(to, rest, cancellation).ConfigureAwait(false))
            {
                moved[row.Shard] = row;
            }

            if (moved.Count == stopped.Count || membership.View.Find(to) is not { Status: NodeStatus.Active })
            {
                return;
            }

            await Task.Delay(RetryAfter, time, cancellation).ConfigureAwait(false);
        }
    }

    [LoggerMessage(LogEvents.ShardsHandedOff, LogLevel.Information, "Handed {Shards} shards to node {Incarnation}, with {Entities} entities, in {Elapsed} ms")]
    private static partial void HandedOff(ILogger logger, int shards, long incarnation, int entities, long elapsed);

    [LoggerMessage(LogEvents.HandOffNotConfirmed, LogLevel.Warning, "Node {Incarnation} did not confirm a hand-off in time; its shards stay here")]
    private static partial void NotConfirmed(ILogger logger, long incarnation);

    private sealed record StoppedShard(
        ShardId Shard, ShardFence Fence, IReadOnlyList<KeyValuePair<EntityAddress, ReadOnlyMemory<byte>>> Exports);
}
