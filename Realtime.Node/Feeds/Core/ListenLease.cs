using Akka.Actor;

namespace Realtime.Node.Feeds.Core;

/// <summary>
/// A feed's lease on its channel's news. A feed believes one actor at a time: the one that answered its latest Listen. What any other
/// says, a former owner that does not know it yet or a later one, is a reason to ask anew and nothing else.
/// </summary>
internal sealed class ListenLease
{
    /// <summary>Ticks between repeats at most: answers that take longer than the first interval must be able to be the latest.</summary>
    private const int LongestWait = 5;

    /// <summary>Repeats of Unlisten before it is given up; the channel finds out by the lease.</summary>
    private const int MostReturns = 5;

    private int _wait;
    private int _ticks;
    private int _returns;

    public LeaseState State { get; private set; } = LeaseState.None;

    /// <summary>The number of the latest Listen or Unlisten.</summary>
    public long Attempt { get; private set; }

    /// <summary>The actor that is believed; nobody while the lease is not held.</summary>
    public IActorRef Owner { get; private set; } = ActorRefs.Nobody;

    public bool IsHeldBy(IActorRef sender) => State is LeaseState.Held && sender.Equals(Owner);

    /// <summary>Listen is sent under this number.</summary>
    public void Ask(long attempt)
    {
        _wait = State is LeaseState.Asking ? Math.Min(_wait * 2, LongestWait) : 1;
        (State, Attempt, Owner, _ticks) = (LeaseState.Asking, attempt, ActorRefs.Nobody, 0);
    }

    /// <returns>Whether it answers the latest Listen.</returns>
    public bool TryHold(long attempt, IActorRef owner)
    {
        if (State is not LeaseState.Asking || attempt != Attempt)
        {
            return false;
        }

        (State, Owner) = (LeaseState.Held, owner);
        return true;
    }

    /// <summary>Unlisten is sent under this number.</summary>
    public void Return(long attempt)
    {
        _returns = State is LeaseState.Returning ? _returns + 1 : 1;
        (State, Attempt, Owner, _wait, _ticks) = (LeaseState.Returning, attempt, ActorRefs.Nobody, 1, 0);
    }

    /// <summary>The channel knows that this feed does not listen, or will find out.</summary>
    public void End() => (State, Owner) = (LeaseState.None, ActorRefs.Nobody);

    /// <summary>A second has passed.</summary>
    /// <returns>Whether the latest Listen or Unlisten is to be repeated.</returns>
    public bool Tick() => State is LeaseState.Asking or LeaseState.Returning && ++_ticks >= _wait;

    public bool HasReturnedEnough => _returns >= MostReturns;
}
