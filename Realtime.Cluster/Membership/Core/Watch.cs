using System.Collections.Immutable;
using Realtime.Cluster.Journal;
using Realtime.Messages.Ids;

namespace Realtime.Cluster.Membership.Core;

/// <summary>
/// Watches the counters of the next nodes on the ring. Silence is evidence only while one's own writes work: otherwise all who watched through an
/// outage of the store would evict each other when it returns.
/// </summary>
internal sealed class Watch(MembershipTimers timers)
{
    public const int Successors = 3;
    public const int CommitsNeeded = 4;

    private readonly Dictionary<Incarnation, Window> _windows = [];

    /// <summary>The nodes after this one in the order of incarnations, around the end. Every node has three that watch it; after an eviction the ring closes.</summary>
    public static IReadOnlyList<Incarnation> Ring(ImmutableArray<NodeRow> nodes, Incarnation self)
    {
        var after = nodes.Where(node => node.Incarnation > self).Select(node => node.Incarnation).Order();
        var before = nodes.Where(node => node.Incarnation < self).Select(node => node.Incarnation).Order();
        return [.. after.Concat(before).Take(Successors)];
    }

    /// <summary>One's own heartbeat was committed and brought these counters.</summary>
    /// <param name="now">When the answer came: what it says was so no later than that.</param>
    public void Answered(IReadOnlyList<KeyValuePair<Incarnation, long>> watched, TimeSpan now)
    {
        // Who is not in the answer was not asked for any more, or is dead: if it is ever watched again it starts anew.
        foreach (var gone in _windows.Keys.Except(watched.Select(pair => pair.Key)).ToList())
        {
            _windows.Remove(gone);
        }

        foreach (var (node, counter) in watched)
        {
            _windows[node] = _windows.TryGetValue(node, out var window) && window.Counter == counter
                ? window with { Commits = window.Commits + 1 }
                : new Window(counter, now, 0);
        }
    }

    /// <summary>One's own heartbeat failed: whatever stood still meanwhile may have had the same trouble.</summary>
    public void Failed() => _windows.Clear();

    public void Forget(Incarnation node) => _windows.Remove(node);

    /// <summary>Those against whom there is enough evidence.</summary>
    public IReadOnlyList<Silence> Silent(TimeSpan now) => [.. _windows
        .Where(pair => now - pair.Value.Since >= timers.Evict && pair.Value.Commits >= CommitsNeeded)
        .OrderBy(pair => pair.Key)
        .Select(pair => new Silence(pair.Key, pair.Value.Counter, now - pair.Value.Since, pair.Value.Commits))];

    private readonly record struct Window(long Counter, TimeSpan Since, int Commits);
}
