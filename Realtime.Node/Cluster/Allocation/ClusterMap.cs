using Realtime.Node.Cluster.Core;

namespace Realtime.Node.Cluster.Allocation;

/// <summary>The cluster as this node sees it now: one immutable picture, replaced as a whole by <see cref="ClusterMapActor"/>. Safe for all threads.</summary>
public sealed class ClusterMap
{
    private volatile ClusterSnapshot _current = ClusterSnapshot.Empty;
    private volatile TaskCompletionSource _next = NextChange();

    public ClusterSnapshot Current => _current;

    /// <summary>Waits for a picture that satisfies a condition; the present one may be it.</summary>
    public async Task<ClusterSnapshot> WaitForAsync(Func<ClusterSnapshot, bool> condition, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(condition);
        while (true)
        {
            // Taken before the look, so that a change in between ends the wait.
            var next = _next;
            var current = _current;
            if (condition(current))
            {
                return current;
            }

            await next.Task.WaitAsync(cancellation).ConfigureAwait(false);
        }
    }

    internal void Publish(ClusterSnapshot snapshot)
    {
        _current = snapshot;
        var published = _next;
        _next = NextChange();
        published.SetResult();
    }

    private static TaskCompletionSource NextChange() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
