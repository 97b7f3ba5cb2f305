using Realtime.Cluster.Journal;
using Realtime.Cluster.Membership;
using Realtime.Cluster.Membership.Core;
using Realtime.Messages.Ids;

namespace Realtime.Tests.Membership;

/// <summary>The machines of one process, driven by a clock of its own rate; what the shell does with threads, without them.</summary>
internal sealed class SimulatedNode(int index, double rate, double offset, MembershipTimers timers, ModelClusterStore store, Random random)
{
    private Member? _member;
    private Joining? _joining;
    private Claims _claims = new(timers);
    private Rebalance _rebalance = new(timers);
    private Placement? _placement;
    private (TimeSpan SentAt, TimeSpan Arrives, HeartbeatResult? Result)? _underWay;
    private TimeSpan _nextBeat;
    private TimeSpan _nextTurn;
    private bool _down = true;

    public Member? Member => _member;

    public bool IsDown => _down;

    public TimeSpan Local(double now) => TimeSpan.FromSeconds(offset + (now * rate));

    public void Kill()
    {
        _down = true;
        _member = null;
        _underWay = null;
    }

    public void Start(double now)
    {
        _down = false;
        _joining = new Joining(timers, holdsName: false);
        _claims = new Claims(timers);
        _rebalance = new Rebalance(timers);
        _nextTurn = Local(now);
    }

    /// <param name="reachable">The store answers this node.</param>
    public void Step(double now, bool reachable, IEnumerable<SimulatedNode> others)
    {
        var local = Local(now);
        if (_underWay is { } beat && local >= beat.Arrives)
        {
            _underWay = null;
            Arrived(beat.SentAt, beat.Result, local);
        }

        if (_member is not null && _underWay is null && local >= _nextBeat)
        {
            // An answer may take its time; so may finding out that there will be none.
            var request = _member.NextHeartbeat(0);
            _nextBeat = local + timers.Heartbeat;
            _underWay = (local, local + (timers.Heartbeat * (random.NextDouble() * (reachable ? 0.2 : 0.5))), reachable ? store.Heartbeat(request) : null);
        }

        if (local >= _nextTurn)
        {
            _nextTurn = local + (timers.Heartbeat / 3);
            Turn(local, reachable);
            foreach (var other in others)
            {
                if (_member is not null)
                {
                    other._member?.PeerSaid(_member.Self, _member.Commits(local), other.Local(now));
                }
            }
        }
    }

    private void Arrived(TimeSpan sentAt, HeartbeatResult? result, TimeSpan local)
    {
        if (result is null)
        {
            _member?.Failed(local);
            _nextBeat = local + (timers.Heartbeat / 3);
            return;
        }

        _member?.Answered(result, sentAt, local);
        Bury();
    }

    private void Turn(TimeSpan local, bool reachable)
    {
        if (!reachable)
        {
            _joining?.Blind(local);
            return;
        }

        if (_member is null)
        {
            Join(local);
            return;
        }

        Read(local);
        foreach (var silence in _member?.Silent(local) ?? [])
        {
            _member!.NotSilent(silence.Victim);
            store.EvictAsync(_member.Self, silence.Victim, silence.Heartbeat).AsTask().GetAwaiter().GetResult();
        }

        Read(local);
        if (_member is { } member && member.MayChangeOwners(local))
        {
            Place(member, local);
        }
    }

    private void Place(Member member, TimeSpan local)
    {
        _placement = _placement?.For(member.View) ?? Placement.Of(member.View);
        if (_claims.Wanted(member.View, _placement, member.Self, local) is { Count: > 0 } wanted)
        {
            member.Learned(Do(store.AcquireAsync(member.Self, wanted)).Shards);
        }

        if (_rebalance.Plan(member.View, member.Self, member.StandingAt(local), new HashSet<ShardId>(), 4, local) is [var first, ..])
        {
            member.Learned(Do(store.HandOffAsync(member.Self, first.To, first.Shards)).Shards);
        }
    }

    private void Join(TimeSpan local)
    {
        var name = Views.Profile($"node-{index}");
        var row = Do(store.FindAsync(name.Name));
        switch ((_joining ??= new Joining(timers, holdsName: false)).Look(row, own: false, local))
        {
            case JoinStep.TakeOver take when Do(store.JoinAsync(name, take.Seen)) is { Incarnation.IsNone: false } joined:
                _member = new Member(timers, joined.Incarnation, default, ClusterView.Of(Do(store.ViewAsync(0))), local);
                _joining = null;
                _nextBeat = local;
                break;
            case JoinStep.InUse:
                throw new InvalidOperationException($"node-{index} was found alive when it was dead");
        }
    }

    private void Read(TimeSpan local)
    {
        if (_member is { } member)
        {
            var since = member.ReadSince;
            if (member.Read(Do(store.ViewAsync(since)), since) is { } change)
            {
                _rebalance.Saw(change, local);
            }

            Bury();
        }
    }

    private void Bury()
    {
        if (_member is { IsDead: true })
        {
            _member = null;
            _underWay = null;
        }
    }

    private static T Do<T>(ValueTask<T> call) => call.AsTask().GetAwaiter().GetResult();
}
