using Realtime.Messages.Frames;
using Realtime.Messages.Ids;

namespace Realtime.Node.Channels.Core;

/// <summary>Who is on a channel. Every change has the next revision, so that a reader can tell when it missed one.</summary>
public sealed class PresenceRoster
{
    private readonly Dictionary<SessionId, Member> _members = [];

    public int Count => _members.Count;

    public long Revision { get; private set; }

    /// <returns>What it was, or null when nothing changed.</returns>
    public PresenceChange? Announce(Member member)
    {
        PresenceChange? change = null;
        if (!_members.TryGetValue(member.Session, out var known))
        {
            change = PresenceChange.Joined;
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

    /// <returns>Who left, or null when nobody did.</returns>
    public Member? Withdraw(SessionId session)
    {
        if (!_members.Remove(session, out var member))
        {
            return null;
        }

        Revision++;
        return member;
    }

    public PresenceSnapshot Snapshot(int rosterLimit) =>
        new(_members.Count > rosterLimit ? null : [.. _members.Values], _members.Count, Revision);
}
