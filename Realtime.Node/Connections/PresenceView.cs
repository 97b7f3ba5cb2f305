using Realtime.Messages.Entities;
using Realtime.Messages.Frames;
using Realtime.Messages.Ids;

namespace Realtime.Node.Connections;

/// <summary>A channel's presence as this node's relay knows it, so that a subscriber that missed something can be given the whole.</summary>
internal sealed class PresenceView(int rosterLimit)
{
    private readonly Dictionary<SessionId, Member> _members = [];

    public long Revision { get; private set; } = -1;

    public int Count { get; private set; }

    /// <summary>Only the count is known: above the namespace's limit.</summary>
    public bool IsCounted { get; private set; }

    public bool Has(SessionId session) => _members.ContainsKey(session);

    public PresenceSnapshot Snapshot() => new(IsCounted ? null : [.. _members.Values], Count, Revision);

    public void Reset(PresenceSnapshot snapshot)
    {
        _members.Clear();
        Revision = snapshot.Revision;
        Count = snapshot.Count;
        IsCounted = snapshot.Members is null;
        foreach (var member in snapshot.Members ?? [])
        {
            _members[member.Session] = member;
        }
    }

    /// <returns>False when a revision is missing, or the members came down under the limit: the whole has to be asked for.</returns>
    public bool Apply(ChannelNews.Presence news)
    {
        if (news.Revision <= Revision)
        {
            return true;
        }

        if (news.Revision != Revision + 1 || (IsCounted && news.Count <= rosterLimit))
        {
            return false;
        }

        Revision = news.Revision;
        Count = news.Count;
        if (news.Count > rosterLimit)
        {
            IsCounted = true;
            _members.Clear();
            return true;
        }

        foreach (var member in news.Members)
        {
            if (news.Change is PresenceChange.Left)
            {
                _members.Remove(member.Session);
            }
            else
            {
                _members[member.Session] = member;
            }
        }

        return true;
    }
}
