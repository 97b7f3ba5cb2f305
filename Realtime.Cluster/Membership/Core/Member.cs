using Realtime.Cluster.Journal;
using Realtime.Messages.Ids;

namespace Realtime.Cluster.Membership.Core;

/// <summary>
/// One life of a node in its cluster: its lease, whom it watches, what it knows of the view. A pure machine; whoever calls it has the clock, the store
/// and the lock. One heartbeat is under way at a time.
/// </summary>
internal sealed class Member(MembershipTimers timers, Incarnation self, Guid boot, ClusterView view, TimeSpan joinSent)
{
    private readonly Lease _lease = new(timers, joinSent);
    private readonly Watch _watch = new(timers);
    private (long StoreEpoch, long Version) _newest = (view.StoreEpoch, view.Version);
    private (long StoreEpoch, long Version) _knownWhenSent;
    private long _sequence;

    public Incarnation Self { get; } = self;

    public ClusterView View { get; private set; } = view;

    /// <summary>The store says that this incarnation is over.</summary>
    public bool IsDead { get; private set; }

    /// <summary>The store has gone back behind what this node has seen of it: a restored backup or a lost fail-over that nobody declared.</summary>
    public bool IsRegressed { get; private set; }

    public TimeSpan SureUntil => _lease.SureUntil;

    /// <summary>There is something newer than <see cref="View"/>.</summary>
    public bool IsBehind => _newest.CompareTo((View.StoreEpoch, View.Version)) > 0;

    /// <summary>What to ask the store for. After a loss of committed data versions may repeat: then everything.</summary>
    public long ReadSince => _newest.StoreEpoch > View.StoreEpoch ? 0 : View.Version;

    public HeartbeatRequest NextHeartbeat(int load)
    {
        _knownWhenSent = (View.StoreEpoch, View.Version);
        return new HeartbeatRequest(Self, boot, ++_sequence, load, Watch.Ring(View.Nodes, Self));
    }

    public void Answered(HeartbeatResult result, TimeSpan sentAt, TimeSpan now)
    {
        // Compared with what was known when it was sent: a view read meanwhile may be newer than the answer and nothing is wrong.
        if (Regressed(result.StoreEpoch, result.Version, _knownWhenSent))
        {
            return;
        }

        if (!result.Alive)
        {
            Die();
            return;
        }

        _lease.Renewed(sentAt);
        _watch.Answered(result.Watched, now);
        Saw(result.StoreEpoch, result.Version);
    }

    public void Failed(TimeSpan now)
    {
        _lease.Failed(now);
        _watch.Failed();
    }

    public void Saw(long version) => Saw(_newest.StoreEpoch, version);

    /// <param name="since">What was asked from.</param>
    /// <returns>Null when nothing is different but the counters.</returns>
    public ViewChange? Read(ViewDelta delta, long since)
    {
        if (Regressed(delta.StoreEpoch, delta.Version, (View.StoreEpoch, View.Version)))
        {
            return null;
        }

        if (delta.StoreEpoch > View.StoreEpoch && since != 0)
        {
            // Rows of the lost time line may be missing from a part: read it all.
            Saw(delta.StoreEpoch, delta.Version);
            return null;
        }

        var change = Change(since == 0 ? ClusterView.Of(delta) : View.With(delta));
        Saw(delta.StoreEpoch, delta.Version);
        if (View.Find(Self) is null)
        {
            Die();
        }

        return change;
    }

    /// <summary>Owners that this node itself has changed, ahead of the view's version.</summary>
    public ViewChange? Learned(IReadOnlyList<ShardRow> rows) => rows.Count == 0 ? null : Change(View.With(rows));

    public void PeerSaid(Incarnation peer, bool commits, TimeSpan now)
    {
        // First: whether its word falls into a time in which words count.
        StandingAt(now);
        _lease.Said(peer, commits, now);
    }

    public Standing StandingAt(TimeSpan now) => _lease.At(now, alone: View.Nodes.All(node => node.Incarnation == Self));

    public bool Commits(TimeSpan now) => _lease.Commits(now);

    /// <summary>Evicting, acquiring and handing off want a lease that will last longer than the statement.</summary>
    public bool MayChangeOwners(TimeSpan now) => StandingAt(now) == Standing.Sure && _lease.MayChangeOwners(now);

    public IReadOnlyList<Silence> Silent(TimeSpan now) =>
        MayChangeOwners(now) ? [.. _watch.Silent(now).Where(silence => View.Find(silence.Victim) is not null)] : [];

    /// <summary>The store has decided, one way or the other: this evidence is used up.</summary>
    public void NotSilent(Incarnation node) => _watch.Forget(node);

    private void Die()
    {
        IsDead = true;
        _lease.Lose();
    }

    private bool Regressed(long storeEpoch, long version, (long, long) known)
    {
        if ((storeEpoch, version).CompareTo(known) < 0)
        {
            IsRegressed = true;
            _lease.Lose();
        }

        return IsRegressed;
    }

    private void Saw(long storeEpoch, long version)
    {
        if ((storeEpoch, version).CompareTo(_newest) > 0)
        {
            _newest = (storeEpoch, version);
        }
    }

    private ViewChange? Change(ClusterView after)
    {
        var before = View;
        View = after;
        var shards = new HashSet<ShardId>();
        for (var i = 0; i < after.ShardCount; i++)
        {
            if (before.Shards[i] != after.Shards[i])
            {
                shards.Add(new ShardId(i));
            }
        }

        var same = shards.Count == 0 && before.Version == after.Version && before.StoreEpoch == after.StoreEpoch
            && before.Nodes.Select(Steady).SequenceEqual(after.Nodes.Select(Steady));
        return same ? null : new ViewChange(before, after, shards);
    }

    private static NodeRow Steady(NodeRow row) => row with { Heartbeat = 0 };
}
