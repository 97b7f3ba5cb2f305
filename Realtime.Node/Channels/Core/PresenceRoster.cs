using Realtime.Messages.Frames;
using Realtime.Messages.Ids;

namespace Realtime.Node.Channels.Core;

/// <summary>
/// Who is on a channel. Every change has the next revision, so that a reader can tell when it missed one.
/// </summary>
/// <remarks>
/// An owner that was not handed its predecessor's roster goes by what the relays believe (<see cref="Adopt"/>), for a grace time after its
/// start: whom nobody announces within it leaves. Without that everybody would leave and join again before the eyes of the others.
/// </remarks>
/// <param name="grace">Milliseconds.</param>
public sealed class PresenceRoster(long grace)
{
    private readonly Dictionary<SessionId, Member> _members = [];
    private readonly Dictionary<SessionId, long> _unclaimed = [];

    /// <summary>Who left while rosters of relays count: a relay that has not heard of it must not bring them back.</summary>
    private readonly HashSet<SessionId> _departed = [];
    private int _uncounted;
    private long _uncountedUntil;
    private long _adoptUntil = long.MinValue;

    /// <summary>Those that are there by a relay's count only are in it.</summary>
    public int Count => _members.Count + _uncounted;

    public long Revision { get; private set; }

    /// <summary>Those that are known by name.</summary>
    public IEnumerable<SessionId> Sessions => _members.Keys;

    public IEnumerable<Member> Members => _members.Values;

    /// <summary>When something is to be let go of; null when nothing is.</summary>
    public long? Due { get; private set; }

    public bool Has(SessionId session) => _members.ContainsKey(session);

    /// <summary>Nothing is known but what relays say.</summary>
    public void Open(long now) => _adoptUntil = now + grace;

    public void Restore(ChannelState.PresenceState state, long now)
    {
        Revision = state.Revision;
        foreach (var member in state.Members)
        {
            _members[member.Session] = member;
        }

        foreach (var (session, left) in state.Unclaimed)
        {
            _unclaimed[session] = now + left;
        }

        _uncounted = state.Uncounted;
        _uncountedUntil = now + state.UncountedLeft;
        _adoptUntil = now + state.AdoptionLeft;
        _departed.UnionWith(state.Departed);
        SetDue();
    }

    public ChannelState.PresenceState Export(long now) => new(
        [.. _members.Values],
        Revision,
        [.. _unclaimed.Select(entry => (entry.Key, Math.Max(0, entry.Value - now)))],
        _uncounted,
        Math.Max(0, _uncountedUntil - now),
        Math.Max(0, _adoptUntil - now),
        [.. _departed]);

    /// <returns>What it was, or null when nothing changed.</returns>
    public PresenceChange? Announce(Member member)
    {
        _departed.Remove(member.Session);
        _unclaimed.Remove(member.Session);
        PresenceChange? change = null;
        if (!_members.TryGetValue(member.Session, out var known))
        {
            change = PresenceChange.Joined;
            _uncounted = Math.Max(0, _uncounted - 1);
        }
        else if (known.Data != member.Data)
        {
            change = PresenceChange.Changed;
        }

        if (change is not null)
        {
            _members[member.Session] = member;
            Revision++;
        }

        return change;
    }

    /// <param name="gone">Null also when one of those left that are not known by name.</param>
    /// <returns>False when nobody left.</returns>
    public bool Withdraw(SessionId session, long now, out Member? gone)
    {
        _unclaimed.Remove(session);
        var firstTime = now < _adoptUntil && _departed.Add(session);
        if (firstTime)
        {
            Due = Math.Min(Due ?? long.MaxValue, _adoptUntil);
        }

        if (!_members.Remove(session, out gone))
        {
            if (_uncounted == 0 || !firstTime)
            {
                return false;
            }

            _uncounted--;
        }

        Revision++;
        return true;
    }

    /// <summary>
    /// Takes over what a relay believes. The revision goes on from the higher one and tells relays apart: one that has it has exactly this.
    /// </summary>
    /// <param name="added">Who is new here.</param>
    /// <returns>Whether somebody is.</returns>
    public bool Adopt(PresenceSnapshot known, long now, out IReadOnlyList<Member> added)
    {
        added = [];
        if (now >= _adoptUntil)
        {
            return false;
        }

        var before = Count;
        added = AdoptMembers(known.Members ?? [], now);
        var missing = known.Count - _departed.Count - Count;
        if (known.Members is null && missing > 0)
        {
            _uncounted += missing;
            _uncountedUntil = now + grace;
        }

        var grew = added.Count > 0 || Count > before;
        var next = grew ? Revision + 1 : Revision;
        Revision = Math.Max(next, IsSame(known) ? known.Revision : known.Revision + 1);
        SetDue();
        return grew;
    }

    /// <summary>Lets go of whom nobody has announced in time.</summary>
    /// <returns>Whether the roster changed.</returns>
    public bool Expire(long now, out IReadOnlyList<Member> gone)
    {
        var late = new List<Member>();
        foreach (var (session, until) in _unclaimed)
        {
            if (until <= now && _members.Remove(session, out var member))
            {
                late.Add(member);
            }
        }

        late.ForEach(member => _unclaimed.Remove(member.Session));
        var changed = late.Count > 0;
        if (_uncounted > 0 && _uncountedUntil <= now)
        {
            _uncounted = 0;
            changed = true;
        }

        if (_adoptUntil <= now)
        {
            _departed.Clear();
        }

        if (changed)
        {
            Revision++;
        }

        gone = late;
        SetDue();
        return changed;
    }

    public PresenceSnapshot Snapshot(int rosterLimit) =>
        new(Count > rosterLimit || _uncounted > 0 ? null : [.. _members.Values], Count, Revision);

    private List<Member> AdoptMembers(IReadOnlyList<Member> members, long now)
    {
        var added = new List<Member>();
        foreach (var member in members)
        {
            if (!_departed.Contains(member.Session) && _members.TryAdd(member.Session, member))
            {
                _unclaimed[member.Session] = now + grace;
                _uncounted = Math.Max(0, _uncounted - 1);
                added.Add(member);
            }
        }

        return added;
    }

    private bool IsSame(PresenceSnapshot known) => known.Members is { } members
        ? _uncounted == 0 && members.Count == _members.Count
            && members.All(member => _members.TryGetValue(member.Session, out var mine) && mine == member)
        : known.Count == Count;

    /// <summary>The next time to look; what is claimed meanwhile makes that look find nothing.</summary>
    private void SetDue()
    {
        var due = _unclaimed.Count > 0 ? _unclaimed.Values.Min() : long.MaxValue;
        due = _uncounted > 0 ? Math.Min(due, _uncountedUntil) : due;
        due = _departed.Count > 0 ? Math.Min(due, _adoptUntil) : due;
        Due = due == long.MaxValue ? null : due;
    }
}
