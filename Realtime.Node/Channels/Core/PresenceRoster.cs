using Realtime.Messages.Channels;
using Realtime.Messages.Frames;
using Realtime.Messages.Ids;

namespace Realtime.Node.Channels.Core;

/// <summary>
/// Who is present on a channel: the union of what the feeds claim. Every change has the next revision, so that a reader can tell when it
/// missed one.
/// </summary>
/// <remarks>
/// Of one session the newest stamp counts, whichever feed it came from. A member that no feed claims stays for the grace: a feed that is
/// lost, an owner that starts anew and a session that attaches elsewhere make no one leave and join again before the eyes of the others.
/// </remarks>
/// <param name="grace">Milliseconds that a member stays without a claim, and a withdrawal is remembered.</param>
public sealed class PresenceRoster(long grace)
{
    /// <summary>Bytes of members in one page or one change, unless a single one is larger.</summary>
    public const int PageBytes = 64 * 1024;

    private readonly Dictionary<SessionId, Presence> _present = [];
    private readonly Dictionary<SessionId, long> _unclaimed = [];

    /// <summary>Late claims of these and rosters that feeds remember must not bring them back.</summary>
    private readonly Dictionary<SessionId, Withdrawal> _withdrawn = [];
    private long _adoptUntil = long.MinValue;
    private int _believed;

    /// <summary>While feeds claim their members to a new owner, at least as many as one of them believed where only a count was known.</summary>
    public int Count => Math.Max(_present.Count, _believed);

    public long Revision { get; private set; }

    public IEnumerable<Member> Members => _present.Values.Select(presence => presence.Member);

    public bool Contains(SessionId session) => _present.ContainsKey(session);

    /// <summary>When something is to be let go of; null when nothing is. What is claimed meanwhile makes that look find nothing.</summary>
    public long? Due { get; private set; }

    /// <summary>
    /// The owner starts: for the grace it goes on from what feeds remember, and from who was present before the process began.
    /// </summary>
    public void Open(long now, RememberedRoster? remembered = null)
    {
        _adoptUntil = now + grace;
        if (remembered is not null && remembered.Until > now)
        {
            foreach (var member in remembered.Members)
            {
                AddUnclaimed(member, remembered.Until);
            }

            SetDue();
        }
    }

    public IReadOnlyList<RosterChange> Claim(FeedId feed, IReadOnlyList<PresenceClaim> claims)
    {
        List<Member> joined = [];
        List<Member> changed = [];
        foreach (var claim in claims)
        {
            var session = claim.Member.Session;
            if (_withdrawn.TryGetValue(session, out var withdrawal) && claim.Stamp <= withdrawal.Stamp)
            {
                continue;
            }

            if (!_present.TryGetValue(session, out var known))
            {
                joined.Add(claim.Member);
            }
            else if (claim.Stamp < known.Stamp)
            {
                continue;
            }
            else if (claim.Member.Data != known.Member.Data)
            {
                changed.Add(claim.Member);
            }

            _unclaimed.Remove(session);
            _present[session] = new Presence(claim.Member, claim.Stamp, feed);
        }

        return [.. Changes(PresenceChange.Joined, joined), .. Changes(PresenceChange.Changed, changed)];
    }

    /// <summary>Final when it is the newest that is known of the session; an older one changes nothing.</summary>
    public IReadOnlyList<RosterChange> Withdraw(SessionId session, PresenceStamp stamp, long now)
    {
        if (_withdrawn.TryGetValue(session, out var earlier) && stamp <= earlier.Stamp)
        {
            return [];
        }

        var isPresent = _present.TryGetValue(session, out var known);
        if (isPresent && stamp < known!.Stamp)
        {
            return [];
        }

        _withdrawn[session] = new Withdrawal(stamp, now + grace);
        _unclaimed.Remove(session);
        _believed = Math.Max(0, _believed - 1);
        SetDue();
        return isPresent && _present.Remove(session) ? Changes(PresenceChange.Left, [known!.Member]) : [];
    }

    /// <summary>A feed listens no longer: what it claimed stays for the grace, unless another one claims it.</summary>
    public void Orphan(FeedId feed, long now)
    {
        foreach (var (session, presence) in _present)
        {
            if (presence.Feed == feed)
            {
                _unclaimed.TryAdd(session, now + grace);
            }
        }

        SetDue();
    }

    /// <summary>
    /// A feed that does not know the whole roster has told its subscribers of this revision. Theirs must not go back, whenever it comes.
    /// </summary>
    public void GoAbove(long revision) => Revision = revision > Revision ? revision + 1 : Revision;

    /// <summary>
    /// Goes on from what a feed remembers, for the grace after the start. The revision follows the higher one, also later, and tells feeds
    /// apart: one that has it has exactly this roster.
    /// </summary>
    public IReadOnlyList<RosterChange> Adopt(PresenceSnapshot known, long now)
    {
        var isOpen = now < _adoptUntil;
        List<Member> added = [];
        foreach (var member in isOpen ? known.Members ?? [] : [])
        {
            if (!_withdrawn.ContainsKey(member.Session) && AddUnclaimed(member, now + grace))
            {
                added.Add(member);
            }
        }

        if (isOpen && known.Members is null)
        {
            _believed = Math.Max(_believed, known.Count - _withdrawn.Count);
        }

        // A part of a roster says nothing of the rest: the feed reads the whole after the last one.
        var isSame = !known.More && added.Count == 0 && known.Count == Count && (known.Members is null || Matches(known.Members));
        Revision = Math.Max(Revision, isSame ? known.Revision : known.Revision + 1);

        SetDue();
        return Changes(PresenceChange.Joined, added);
    }

    /// <summary>Lets go of members that no feed has claimed in time.</summary>
    public IReadOnlyList<RosterChange> Expire(long now)
    {
        List<Member> gone = [];
        foreach (var (session, until) in _unclaimed)
        {
            if (until <= now)
            {
                _unclaimed.Remove(session);
                if (_present.Remove(session, out var presence))
                {
                    gone.Add(presence.Member);
                }
            }
        }

        foreach (var (session, withdrawal) in _withdrawn)
        {
            if (withdrawal.Until <= now)
            {
                _withdrawn.Remove(session);
            }
        }

        var before = Count;
        if (_adoptUntil <= now)
        {
            _believed = 0;
        }

        SetDue();
        return gone.Count > 0 || Count == before ? Changes(PresenceChange.Left, gone) : [new RosterChange(PresenceChange.Left, [], Count, ++Revision)];
    }

    /// <summary>A page of members in the order of their ids; above the limit only the count.</summary>
    public PresenceSnapshot Snapshot(int rosterLimit, SessionId after = default)
    {
        if (Count > rosterLimit)
        {
            return new PresenceSnapshot(null, Count, Revision);
        }

        var members = new List<Member>();
        var bytes = 0;
        foreach (var member in Members.Where(member => member.Session.Value > after.Value).OrderBy(member => member.Session.Value))
        {
            bytes += SizeOf(member);
            if (bytes > PageBytes && members.Count > 0)
            {
                return new PresenceSnapshot(members, Count, Revision) { More = true };
            }

            members.Add(member);
        }

        return new PresenceSnapshot(members, Count, Revision);
    }

    /// <summary>One change for each page of members.</summary>
    private List<RosterChange> Changes(PresenceChange change, List<Member> members)
    {
        var changes = new List<RosterChange>();
        var first = 0;
        var bytes = 0;
        for (var i = 0; i <= members.Count; i++)
        {
            var size = i < members.Count ? SizeOf(members[i]) : 0;
            if (i > first && (i == members.Count || bytes + size > PageBytes))
            {
                changes.Add(new RosterChange(change, members.GetRange(first, i - first), Count, ++Revision));
                (first, bytes) = (i, 0);
            }

            bytes += size;
        }

        return changes;
    }

    /// <summary>Without a stamp: any claim and any withdrawal is newer.</summary>
    private bool AddUnclaimed(Member member, long until)
    {
        var isNew = _present.TryAdd(member.Session, new Presence(member, default, null));
        if (isNew)
        {
            _unclaimed[member.Session] = until;
        }

        return isNew;
    }

    private bool Matches(IReadOnlyList<Member> members) => members.Count == _present.Count
        && members.All(member => _present.TryGetValue(member.Session, out var mine) && mine.Member == member);

    private static int SizeOf(Member member) => member.Data.Length + 64 + (member.User?.Value.Length ?? 0);

    private void SetDue()
    {
        var due = _unclaimed.Count > 0 ? _unclaimed.Values.Min() : long.MaxValue;
        due = _withdrawn.Count > 0 ? Math.Min(due, _withdrawn.Values.Min(withdrawal => withdrawal.Until)) : due;
        due = _believed > 0 ? Math.Min(due, _adoptUntil) : due;
        Due = due == long.MaxValue ? null : due;
    }

    private sealed record Presence(Member Member, PresenceStamp Stamp, FeedId? Feed);

    private readonly record struct Withdrawal(PresenceStamp Stamp, long Until);
}
