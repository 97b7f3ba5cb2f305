using Microsoft.Extensions.Logging;
using Realtime.Cluster.Journal;
using Realtime.Cluster.Membership;
using Realtime.Cluster.Membership.Core;
using Realtime.Cluster.Telemetry;
using Realtime.Messages.Ids;

namespace Realtime.Cluster.Sharding;

/// <summary>
/// Carries out what the plan says, batch after batch: slowly when shards only ought to be elsewhere, without a pause when the node drains. One
/// batch at a time, so that never more than a few entities are out of reach.
/// </summary>
internal sealed partial class Rebalancing : IAsyncDisposable
{
    private static readonly TimeSpan AfterFailure = TimeSpan.FromSeconds(1);

    private readonly IMembership _membership;
    private readonly HandOffs _handOffs;
    private readonly ClusterPace _pace;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly Rebalance _plan;
    private readonly Lock _planning = new();
    private readonly SemaphoreSlim _wake = new(0, 1);
    private readonly CancellationTokenSource _stopping = new();
    private readonly long _started;
    private readonly Task _running;
    private volatile TaskCompletionSource? _emptied;

    public Rebalancing(IMembership membership, HandOffs handOffs, MembershipTimers timers, ClusterPace pace, TimeProvider time, ILogger logger)
    {
        _membership = membership;
        _handOffs = handOffs;
        _pace = pace;
        _time = time;
        _logger = logger;
        _plan = new Rebalance(timers);
        _started = time.GetTimestamp();
        _running = RunAsync();
    }

    private TimeSpan Now => _time.GetElapsedTime(_started);

    public void Saw(ViewChange change)
    {
        lock (_planning)
        {
            _plan.Saw(change, Now);
        }

        Wake();
    }

    /// <summary>Something may have to move.</summary>
    public void Wake()
    {
        try
        {
            _wake.Release();
        }
        catch (SemaphoreFullException)
        {
            // It is awake already.
        }
    }

    /// <summary>Completes when this node owns nothing any more, or when there is nobody to give anything to.</summary>
    public Task EmptyAsync(CancellationToken cancellation)
    {
        var emptied = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _emptied = emptied;
        Wake();
        return emptied.Task.WaitAsync(cancellation);
    }

    /// <summary>Ends a hand-off that is under way; its shards serve again here.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync().ConfigureAwait(false);
        await _running.ConfigureAwait(false);
    }

    private async Task RunAsync()
    {
        try
        {
            while (true)
            {
                await _wake.WaitAsync(_stopping.Token).ConfigureAwait(false);
                await MoveAllAsync().ConfigureAwait(false);
                if (_emptied is { } emptied && IsEmpty())
                {
                    emptied.TrySetResult();
                }
            }
        }
        catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
        {
            // The node leaves.
        }
    }

    private async Task MoveAllAsync()
    {
        while (Next() is { } batch)
        {
            try
            {
                var moved = await _handOffs.MoveAsync(batch.To, [.. batch.Shards.Select(fence => fence.Shard)], _stopping.Token).ConfigureAwait(false);
                var pause = moved == 0 ? AfterFailure : _emptied is null ? _pace.Pause : TimeSpan.Zero;
                if (pause > TimeSpan.Zero)
                {
                    await Task.Delay(pause, _time, _stopping.Token).ConfigureAwait(false);
                }
            }
            catch (Exception failure) when (failure is not OperationCanceledException)
            {
                HandOffFailed(_logger, failure);
                await Task.Delay(AfterFailure, _time, _stopping.Token).ConfigureAwait(false);
            }
        }
    }

    private HandOffBatch? Next()
    {
        lock (_planning)
        {
            return _plan.Plan(_membership.View, _membership.Self, _membership.Standing, _pace.Batch, Now) is [var first, ..] ? first : null;
        }
    }

    private bool IsEmpty()
    {
        var view = _membership.View;
        return view.Shards.All(row => row.Owner != _membership.Self)
            || !view.Nodes.Any(node => node.Incarnation != _membership.Self && node.Status == NodeStatus.Active);
    }

    [LoggerMessage(LogEvents.HandOffFailed, LogLevel.Error, "A hand-off failed; its shards stay where they are and are tried again")]
    private static partial void HandOffFailed(ILogger logger, Exception failure);
}
