using Realtime.Messages.Channels;
using Realtime.Messages.Frames;
using Realtime.Messages.Ids;

namespace Realtime.Tests.Feeds;

/// <summary>The roster of a scripted channel; its pages are small.</summary>
internal sealed class ScriptedRoster(int pageMembers)
{
    private readonly SortedDictionary<UInt128, Member> _members = [];
    private readonly Dictionary<SessionId, PresenceStamp> _latest = [];

    public long Revision { get; private set; }

    public IEnumerable<Member> Members => _members.Values;

    /// <returns>Those that have come.</returns>
    public IReadOnlyList<Member> Claim(IReadOnlyList<PresenceClaim> claims)
    {
        var joined = new List<Member>();
        foreach (var (member, stamp) in claims)
        {
            if (IsNewest(member.Session, stamp))
            {
                joined.AddRange(_members.ContainsKey(member.Session.Value) ? [] : [member]);
                _members[member.Session.Value] = member;
            }
        }

        Revision += joined.Count > 0 ? 1 : 0;
        return joined;
    }

    /// <returns>Those that have gone.</returns>
    public IReadOnlyList<Member> Withdraw(SessionId session, PresenceStamp stamp)
    {
        if (!IsNewest(session, stamp) || !_members.Remove(session.Value, out var gone))
        {
            return [];
        }

        Revision++;
        return [gone];
    }

    public PresenceSnapshot Page(SessionId after)
    {
        var rest = Members.Where(member => member.Session.Value > after.Value).ToList();
        return new PresenceSnapshot([.. rest.Take(pageMembers)], _members.Count, Revision) { More = rest.Count > pageMembers };
    }

    private bool IsNewest(SessionId session, PresenceStamp stamp)
    {
        var isNewest = !_latest.TryGetValue(session, out var latest) || stamp >= latest;
        _latest[session] = isNewest ? stamp : latest;
        return isNewest;
    }
}
