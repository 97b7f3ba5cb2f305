using System.Collections.Concurrent;
using Realtime.Messages.Cluster;
using Realtime.Node.Cluster.Core;

namespace Realtime.Node.Cluster.Allocation;

/// <summary>The cluster as this node sees it now: one immutable picture, replaced as a whole by <see cref="ClusterMapActor"/>. Safe for all threads.</summary>
public sealed class ClusterMap(TimeProvider? time = null)
{
    private readonly TimeProvider _time = time ?? TimeProvider.System;
    private readonly ConcurrentDictionary<MemberKey, long> _heard = [];
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

    /// <summary>Since the last word of a member reached this one; each gives one a second. Null: none has.</summary>
    public TimeSpan? SilenceOf(MemberKey member) => _heard.TryGetValue(member, out var at) ? _time.GetElapsedTime(at) : null;

    internal void Hear(MemberKey member) => _heard[member] = _time.GetTimestamp();

    internal void Publish(ClusterSnapshot snapshot)
    {
        foreach (var gone in _heard.Keys.Where(member => snapshot.Find(member) is null))
        {
            _heard.TryRemove(gone, out _);
        }

        _current = snapshot;
        var published = _next;
        _next = NextChange();
        published.SetResult();
    }

    private static TaskCompletionSource NextChange() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
