using Microsoft.Extensions.Logging;
using Realtime.Cluster.Journal;
using Realtime.Cluster.Membership;
using Realtime.Cluster.Membership.Core;
using Realtime.Cluster.Telemetry;
using Realtime.Messages.Ids;

namespace Realtime.Cluster.Sharding;

/// <summary>
/// Carries out what operators ask for and then what the plan says, batch after batch: slowly when shards only ought to be elsewhere, without a pause when
/// the node drains. One batch at a time, so that never more than a few entities are out of reach.
/// </summary>
internal sealed partial class Rebalancing : IAsyncDisposable
{
    private static readonly TimeSpan AfterFailure = TimeSpan.FromSeconds(1);

    private readonly IMembership _membership;
    private readonly HandOffs _handOffs;
    private readonly Holds _holds;
    private readonly ClusterPace _pace;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly Rebalance _plan;
    private readonly LinkedList<Errand> _errands = [];
    private readonly Lock _planning = new();
    private readonly SemaphoreSlim _wake = new(0, 1);
    private readonly CancellationTokenSource _stopping = new();
    private readonly long _started;
    private readonly Task _running;
    private TaskCompletionSource<bool>? _emptied;

    public Rebalancing(
        IMembership membership, HandOffs handOffs, Holds holds, MembershipTimers timers, ClusterPace pace, TimeProvider time, ILogger logger)
    {
        _membership = membership;
        _handOffs = handOffs;
        _holds = holds;
        _pace = pace;
        _time = time;
        _logger = logger;
        _plan = new Rebalance(timers);
        _started = time.GetTimestamp();
        _running = RunAsync();
    }

    public TimeSpan? PausedFor => Planning(plan => plan.PausedFor(Now));

    public IReadOnlySet<ShardId> Held => _holds.Of(_membership.View, _membership.Self);

    private TimeSpan Now => _time.GetElapsedTime(_started);

    private bool IsDraining => _membership.View.Find(_membership.Self) is { Status: NodeStatus.Draining };

    public void Saw(ViewChange change) => Steer(() => _plan.Saw(change, Now));

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

    /// <summary>The plan is a machine: it takes one caller at a time.</summary>
    public T Planning<T>(Func<Rebalance, T> question)
    {
        lock (_planning)
        {
            return question(_plan);
        }
    }

    public void Pause(TimeSpan time) => Steer(() => _plan.Pause(Now + time));

    public void Resume() => Steer(_plan.Resume);

    /// <summary>Nothing is held any more, and there is no need to wait for quiet.</summary>
    public void LetGo()
    {
        _holds.LetGo();
        Steer(_plan.Hurry);
    }

    /// <returns>False: one for that shard waits already.</returns>
    public bool TryAdd(Errand errand)
    {
        lock (_planning)
        {
            if (_stopping.IsCancellationRequested || _errands.Any(other => other.Shard == errand.Shard))
            {
                return false;
            }

            _errands.AddLast(errand);
        }

        Wake();
        return true;
    }

    /// <summary>What is to come, in order; no more than so many.</summary>
    public IReadOnlyList<PlannedMove> Planned(NodeId self, int limit)
    {
        var view = _membership.View;
        var held = Held;
        lock (_planning)
        {
            var planned = _plan.Outlook(view, _membership.Self, held, _pace.Batch)
                .SelectMany(batch => batch.Shards.Select(fence => (fence.Shard, To: view.Find(batch.To)?.Profile.Name ?? default)))
                .Where(move => _handOffs.MovingTo(move.Shard) is null && _errands.All(errand => errand.Shard != move.Shard));
            return [.. _errands
                .Select(errand => (errand.Shard, To: errand.Name))
                .Concat(planned)
                .Take(limit)
                .Select(move => new PlannedMove(move.Shard, self, move.To))];
        }
    }

    /// <summary>Completes with true when this node owns nothing any more, or when there is nobody to give anything to; with false when it fills again first.</summary>
    public Task<bool> EmptyAsync(CancellationToken cancellation)
    {
        Task<bool> emptied;
        lock (_planning)
        {
            emptied = (_emptied ??= new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously)).Task;
        }

        Wake();
        return emptied.WaitAsync(cancellation);
    }

    /// <summary>Is not to be empty after all.</summary>
    public void Fill() => Steer(() => Emptied(false));

    /// <summary>Ends a hand-off that is under way; its shards serve again here.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync().ConfigureAwait(false);
        await _running.ConfigureAwait(false);
        lock (_planning)
        {
            foreach (var errand in _errands)
            {
                errand.Done.TrySetResult(SteeringResult.Unavailable($"The node stops; shard {errand.Shard.Value} was not moved."));
            }

            _errands.Clear();
        }
    }

    private async Task RunAsync()
    {
        try
        {
            while (true)
            {
                await _wake.WaitAsync(_stopping.Token).ConfigureAwait(false);
                await MoveAllAsync().ConfigureAwait(false);
                TellIfEmpty();
            }
        }
        catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
        {
            // The node leaves.
        }
    }

    private void TellIfEmpty()
    {
        lock (_planning)
        {
            if (_emptied is not null && IsEmpty())
            {
                Emptied(true);
            }
        }
    }

    private async Task MoveAllAsync()
    {
        while (true)
        {
            if (FirstErrand() is { } errand)
            {
                await RunAsync(errand).ConfigureAwait(false);
            }
            else if (Next() is { } batch)
            {
                var moved = await MoveAsync(batch.To, [.. batch.Shards.Select(fence => fence.Shard)], held: false).ConfigureAwait(false);
                var pause = moved == 0 ? AfterFailure : IsDraining ? TimeSpan.Zero : _pace.Pause;
                if (pause > TimeSpan.Zero)
                {
                    await Task.Delay(pause, _time, _stopping.Token).ConfigureAwait(false);
                }
            }
            else
            {
                return;
            }
        }
    }

    private async Task RunAsync(Errand errand)
    {
        try
        {
            var result = errand.Obstacle() ?? (await MoveAsync(errand.To, [errand.Shard], held: true).ConfigureAwait(false) == 1
                ? SteeringResult.Done($"Shard {errand.Shard.Value} is on {errand.Name} now and stays there.")
                : SteeringResult.Unavailable($"Shard {errand.Shard.Value} could not be handed to {errand.Name} just now and stays where it is; the log says why."));
            errand.Done.TrySetResult(result);
        }
        finally
        {
            errand.Done.TrySetResult(SteeringResult.Unclear($"The node stops; whether shard {errand.Shard.Value} was moved is in the view."));
        }
    }

    /// <returns>How many have moved.</returns>
    private async Task<int> MoveAsync(Incarnation to, IReadOnlyList<ShardId> batch, bool held)
    {
        try
        {
            return await _handOffs.MoveAsync(to, batch, held, _stopping.Token).ConfigureAwait(false);
        }
        catch (Exception failure) when (failure is not OperationCanceledException)
        {
            HandOffFailed(_logger, failure);
            return 0;
        }
    }

    /// <summary>The next whose operator still waits for it.</summary>
    private Errand? FirstErrand()
    {
        lock (_planning)
        {
            while (_errands.First?.Value is { } errand)
            {
                _errands.RemoveFirst();
                if (!errand.Cancellation.IsCancellationRequested)
                {
                    return errand;
                }
            }

            return null;
        }
    }

    private HandOffBatch? Next()
    {
        var held = Held;
        lock (_planning)
        {
            // A node that cannot be reached must not keep the others from getting theirs; its link's coming up wakes this.
            return _plan.Plan(_membership.View, _membership.Self, _membership.Standing, held, _pace.Batch, Now)
                .FirstOrDefault(batch => _handOffs.Reaches(batch.To));
        }
    }

    private void Steer(Action step)
    {
        lock (_planning)
        {
            step();
        }

        Wake();
    }

    /// <summary>Within the lock.</summary>
    private void Emptied(bool empty)
    {
        _emptied?.TrySetResult(empty);
        _emptied = null;
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
