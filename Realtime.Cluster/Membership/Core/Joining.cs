using Realtime.Cluster.Journal;
using Realtime.Messages.Ids;

namespace Realtime.Cluster.Membership.Core;

/// <summary>
/// Whether a name is free: nobody has it, or whoever has it does not move its counter any more. A process sends one heartbeat at a time, so
/// one that was killed can move its counter once after we looked, when the store was slow to handle the last one. Twice is life.
/// </summary>
/// <param name="holdsName">The store knows that no other process can live under this name.</param>
internal sealed class Joining(MembershipTimers timers, bool holdsName)
{
    private const int MovesOfTheLiving = 2;

    private (Incarnation Node, long Heartbeat)? _seen;
    private TimeSpan _since;
    private int _moves;

    /// <param name="own">The row was written by this process: an earlier join whose answer was lost.</param>
    public JoinStep Look(NodeRow? row, bool own, TimeSpan now)
    {
        if (row is null)
        {
            return new JoinStep.TakeOver(null);
        }

        var seen = (row.Incarnation, row.Heartbeat);
        if (_seen != seen)
        {
            _moves += _seen is null ? 0 : 1;
            _seen = seen;
            _since = now;
        }

        if (_moves >= MovesOfTheLiving)
        {
            return new JoinStep.InUse(row);
        }

        return own || holdsName || now - _since >= timers.JoinWatch ? new JoinStep.TakeOver(row) : JoinStep.Wait.Instance;
    }

    /// <summary>The store could not be asked: the other could not write either, so its standing still says nothing.</summary>
    public void Blind(TimeSpan now) => _since = now;
}
