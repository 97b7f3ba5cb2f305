using Realtime.Messages.Frames;
using Realtime.Messages.Ids;
using Realtime.Node.Connections.Core;

namespace Realtime.Node.Gateway.Core;

/// <summary>
/// Which connections go where and when, as a pure machine that is stepped a few times a second. A connection that was asked to go answers by leaving; one that
/// does not is asked again, a few times. Where clients cannot choose a node nobody is asked: the node relays for ever.
/// </summary>
internal sealed class MovePlan(MovePolicy policy, NodeId self)
{
    private readonly Dictionary<ConnectionId, Notice> _notices = [];
    private readonly Dictionary<ConnectionId, Apart> _apart = [];
    private readonly HashSet<ConnectionId> _here = [];
    private readonly List<(ConnectionId Connection, Notice Notice, ClientPlace Target)> _again = [];
    private MoveMode _mode = MoveMode.Rebalance;
    private double _credit;
    private double _rate;
    private double _drainRate;
    private long _last = long.MinValue;
    private ulong _random;
    private long _done;
    private long _sent;

    public MoveSnapshot Snapshot { get; private set; } = MoveSnapshot.Nothing;

    /// <summary>Nobody is asked to go, has been asked, or would have to be now or later.</summary>
    public bool IsIdle => Snapshot is { Pending: 0, UnderWay: 0, Stayed: 0 } && _apart.Count == 0;

    public void Step(in MoveSituation at, List<MoveOrder> orders)
    {
        _random = at.Seed;
        Enter(at);
        Earn(at);
        CountLeavers(at.Here);
        int pending = 0, underWay = 0, stayed = 0, unmovable = 0;
        foreach (var candidate in at.Here)
        {
            _notices.TryGetValue(candidate.Connection, out var notice);
            if (TargetOf(candidate.Session, at, notice) is not { } target)
            {
                _notices.Remove(candidate.Connection);
                _apart.Remove(candidate.Connection);
                unmovable += at.Mode is MoveMode.Rebalance ? 0 : 1;
            }
            else if (notice is not null && at.Now < notice.Due && notice.Target == target.Incarnation)
            {
                underWay++;
            }
            else if (notice is not null && notice.Count >= policy.Attempts && notice.Target == target.Incarnation)
            {
                stayed++;
                if (at.Mode is MoveMode.Drain)
                {
                    orders.Add(new MoveOrder.Close(candidate.Connection));
                }
            }
            else if (notice is not null)
            {
                _again.Add((candidate.Connection, notice, target));
            }
            else if (at.Mode is MoveMode.Rebalance && !HasSettled(candidate.Connection, target, at.Now))
            {
                // Its session may be on its way: nobody waits for this move.
            }
            else if (TrySpend())
            {
                underWay++;
                _apart.Remove(candidate.Connection);
                orders.Add(Ask(candidate.Connection, null, target, at));
            }
            else
            {
                pending++;
            }
        }

        // After those who were never asked: clients that do not listen must not hold up those that do.
        foreach (var (connection, notice, target) in _again)
        {
            if (TrySpend())
            {
                underWay++;
                orders.Add(Ask(connection, notice, target, at));
            }
            else
            {
                pending++;
            }
        }

        _again.Clear();

        Snapshot = new MoveSnapshot(at.Mode, at.Here.Count, pending, underWay, stayed, unmovable, _done, _sent, _rate);
    }

    private bool TrySpend()
    {
        if (_credit < 1)
        {
            return false;
        }

        _credit--;
        return true;
    }

    /// <summary>Another mode asks anew: who ignored a rebalance may follow a drain.</summary>
    private void Enter(in MoveSituation at)
    {
        if (at.Mode == _mode)
        {
            return;
        }

        _mode = at.Mode;
        _notices.Clear();
        _apart.Clear();
        if (at.Mode is MoveMode.Drain)
        {
            _drainRate = at.Here.Count * 1000 / Math.Max(1, at.Left * policy.DrainPart);
        }
    }

    private void Earn(in MoveSituation at)
    {
        var peers = at.Places.Open.Count(place => place.Node != self);
        _rate = at.Mode is MoveMode.Drain
            ? Math.Min(Math.Max(_drainRate, policy.RebalanceLeast), Math.Max(1, peers) * policy.PeerRate)
            : Math.Clamp(at.Here.Count * policy.RebalanceShare, policy.RebalanceLeast, policy.RebalanceMost);
        var elapsed = _last == long.MinValue ? 0 : Math.Max(0, at.Now - _last);
        _last = at.Now;

        // No more than a second's worth: after a pause there is no catching up in one burst.
        _credit = Math.Min(Math.Max(1, _rate), _credit + (_rate * elapsed / 1000));
    }

    private void CountLeavers(IReadOnlyList<MoveCandidate> here)
    {
        if (_notices.Count == 0 && _apart.Count == 0)
        {
            return;
        }

        _here.Clear();
        foreach (var candidate in here)
        {
            _here.Add(candidate.Connection);
        }

        foreach (var connection in _notices.Keys)
        {
            if (!_here.Contains(connection))
            {
                _notices.Remove(connection);
                _done++;
            }
        }

        foreach (var connection in _apart.Keys)
        {
            if (!_here.Contains(connection))
            {
                _apart.Remove(connection);
            }
        }
    }

    /// <summary>Whether the connection's session has lived at that node for long enough.</summary>
    private bool HasSettled(ConnectionId connection, ClientPlace target, long now)
    {
        if (!_apart.TryGetValue(connection, out var apart) || apart.Target != target.Incarnation)
        {
            _apart[connection] = apart = new Apart(target.Incarnation, now);
        }

        return now - apart.Since >= policy.Settle;
    }

    private ClientPlace? TargetOf(SessionId session, in MoveSituation at, Notice? notice)
    {
        if (at.Places.HomeOf(session) is { } home && home.Node != self)
        {
            return home;
        }

        if (at.Mode is MoveMode.Rebalance)
        {
            return null;
        }

        // The one it was sent to already, so that being asked again does not mean being sent elsewhere.
        return notice is not null && at.Places.Find(notice.Node) is { } same && same.Incarnation == notice.Target
            ? same
            : PlaceChoice.MostRoom(at.Places, self, Roll(), Roll());
    }

    private MoveOrder.Notice Ask(ConnectionId connection, Notice? before, ClientPlace target, in MoveSituation at)
    {
        int within = policy.Within, margin = policy.Margin;
        if (at.Mode is MoveMode.Drain)
        {
            within = (int)Math.Clamp(at.Left / 4, 0, within);
            margin = (int)Math.Clamp(at.Left / 4, 0, margin);
        }

        var again = before?.Target == target.Incarnation ? before.Count : 0;
        _notices[connection] = new Notice(target.Node, target.Incarnation, again + 1, at.Now + within + margin);
        _sent++;
        return new MoveOrder.Notice(connection, target, within, at.Mode is MoveMode.Rebalance ? MoveReason.Rebalance : MoveReason.Drain);
    }

    /// <summary>SplitMix64 (Steele, Lea, Flood 2014), from the step's seed.</summary>
    private double Roll()
    {
        var z = _random += 0x9E3779B97F4A7C15;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return ((z ^ (z >> 31)) >> 11) * (1.0 / (1UL << 53));
    }

    private readonly record struct Apart(Incarnation Target, long Since);

    private sealed record Notice(NodeId Node, Incarnation Target, int Count, long Due);
}
