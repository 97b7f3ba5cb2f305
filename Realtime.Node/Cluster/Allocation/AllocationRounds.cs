using System.Collections.Concurrent;
using Realtime.Messages.Cluster;
using Realtime.Node.Cluster.Core;

namespace Realtime.Node.Cluster.Allocation;

/// <summary>Lets operators look into the next round of a coordinator, which is four times a second on the node that decides where shards go. Safe for all threads.</summary>
internal sealed class AllocationRounds
{
    private readonly ConcurrentDictionary<EntityKind, TaskCompletionSource<AllocationPlan>> _asked = [];

    /// <summary>What the next round of a kind finds to do. On a node that does not decide it never comes.</summary>
    public Task<AllocationPlan> NextAsync(EntityKind kind, CancellationToken cancellation) =>
        _asked.GetOrAdd(kind, _ => new TaskCompletionSource<AllocationPlan>(TaskCreationOptions.RunContinuationsAsynchronously)).Task.WaitAsync(cancellation);

    /// <summary>Called in each round; the plan is made when it is asked for.</summary>
    public void Begin(EntityKind kind, Func<AllocationPlan> plan)
    {
        if (_asked.TryRemove(kind, out var asked))
        {
            asked.SetResult(plan());
        }
    }
}
