using Realtime.Messages.Ids;

namespace Realtime.Cluster.Membership.Core;

/// <summary>
/// What a node may still believe of itself. Its age counts from when the last heartbeat that succeeded was <em>sent</em>: the store may have
/// handled it at any moment after that, and a watcher may have seen it no later than that moment.
/// </summary>
/// <param name="taken">When the join was sent.</param>
internal sealed class Lease(MembershipTimers timers, TimeSpan taken)
{
    private readonly Dictionary<Incarnation, (bool Commits, TimeSpan At)> _words = [];
    private TimeSpan _renewed = taken;
    private TimeSpan? _failed;
    private TimeSpan? _unsureSince;
    private bool _failing;
    private bool _out;
    private bool _lost;

    /// <summary>How long what a peer said counts.</summary>
    private TimeSpan WordLasts => timers.Heartbeat * 3;

    /// <summary>Until when no other event is needed to be <see cref="Standing.Sure"/>; the least value once it is lost.</summary>
    public TimeSpan SureUntil => _lost ? TimeSpan.MinValue : _renewed + timers.SelfFence;

    public TimeSpan Age(TimeSpan now) => now - _renewed;

    /// <summary>Whether owners may be changed in this node's name: with a lease that is about to end it would decide on what others may be deciding too.</summary>
    public bool MayChangeOwners(TimeSpan now) => !_lost && Age(now) <= timers.Uncertain;

    /// <summary>
    /// What to tell peers. Stricter than <see cref="Standing.Sure"/>: when the store goes down for all at once, the node whose lease ends first must
    /// not hear from another, which merely has a younger one, that it could still commit. And when it comes back, the first node it answers must not
    /// make the others give everything up that are about to be answered as well: it can declare nobody dead so soon after a failure of its own.
    /// </summary>
    public bool Commits(TimeSpan now) =>
        !_lost && !_failing && Age(now) <= timers.Heartbeat * 1.5 && !(now - _failed < timers.Heartbeat * 2);

    public void Renewed(TimeSpan sentAt)
    {
        _failing = false;
        if (sentAt > _renewed)
        {
            _renewed = sentAt;
        }
    }

    public void Failed(TimeSpan now)
    {
        _failing = true;
        _failed = now;
    }

    /// <summary>Declared dead, or the store has forgotten what this node has seen: there is no way back in this life.</summary>
    public void Lose() => _lost = true;

    /// <summary>Counts only while this node is not sure: what a peer said before that says nothing about now.</summary>
    public void Said(Incarnation peer, bool commits, TimeSpan now)
    {
        if (_unsureSince is not null)
        {
            _words[peer] = (commits, now);
        }
    }

    /// <param name="alone">The view has no other node.</param>
    public Standing At(TimeSpan now, bool alone)
    {
        if (_lost)
        {
            return Standing.Out;
        }

        if (Age(now) < timers.SelfFence)
        {
            _unsureSince = null;
            _out = false;
            _words.Clear();
            return Standing.Sure;
        }

        var since = _unsureSince ??= now;
        if (!_out)
        {
            var decided = Decide(since, now, alone);
            _out = decided == Standing.Out;
            return decided;
        }

        // Others may have taken over since: that they cannot commit any more takes nothing back. Only a heartbeat does.
        return Standing.Out;
    }

    private Standing Decide(TimeSpan since, TimeSpan now, bool alone)
    {
        // A process that was stopped finds its lease old and has not tried yet. If its next heartbeat succeeds nothing has happened, so
        // nothing may be given up before it was tried; one that hangs counts as tried after a while.
        var waited = now - since >= timers.Heartbeat;
        if (!waited && !(_failed >= since))
        {
            return Standing.Unsure;
        }

        var heard = false;
        foreach (var (commits, at) in _words.Values)
        {
            if (now - at <= WordLasts)
            {
                if (commits)
                {
                    return Standing.Out;
                }

                heard = true;
            }
        }

        if (alone || heard)
        {
            return Standing.Frozen;
        }

        return waited ? Standing.Out : Standing.Unsure;
    }
}
