using Realtime.Messages.Frames;
using Realtime.Messages.Ids;
using Realtime.Messages.Next.Channels;

namespace Realtime.Tests.Feeds;

/// <summary>The roster of a scripted channel; its pages are small.</summary>
internal sealed class ScriptedRoster(int pageMembers)
{
    private readonly SortedDictionary<UInt128, (Member Member, PresenceStamp Stamp)> _members = [];

    public long Revision { get; private set; }

    public IEnumerable<Member> Members => _members.Values.Select(entry => entry.Member);

    public IReadOnlyList<Member> Claim(IReadOnlyList<PresenceClaim> claims)
    {
        var joined = claims.Where(claim => !_members.ContainsKey(claim.Member.Session.Value)).Select(claim => claim.Member).ToList();
        foreach (var claim in claims)
        {
            _members[claim.Member.Session.Value] = (claim.Member, claim.Stamp);
        }

        Revision += joined.Count > 0 ? 1 : 0;
        return joined;
    }

    public IReadOnlyList<Member> Withdraw(SessionId session)
    {
        if (!_members.Remove(session.Value, out var gone))
        {
            return [];
        }

        Revision++;
        return [gone.Member];
    }

    public PresenceSnapshot Page(SessionId after)
    {
        var rest = Members.Where(member => member.Session.Value > after.Value).ToList();
        return new PresenceSnapshot([.. rest.Take(pageMembers)], _members.Count, Revision) { More = rest.Count > pageMembers };
    }
}
