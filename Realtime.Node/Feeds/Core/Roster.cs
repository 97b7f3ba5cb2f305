using Realtime.Messages.Channels;
using Realtime.Messages.Frames;
using Realtime.Messages.Ids;

namespace Realtime.Node.Feeds.Core;

/// <summary>
/// The members of a channel as its feed knows them: read in pages, kept up to date by changes. A page is what the channel had when it
/// answered, and every change before that has arrived before the page: so pages and changes can be mixed as they come.
/// </summary>
internal sealed class Roster(int rosterLimit)
{
    private readonly SortedDictionary<UInt128, Member> _members = [];
    private PresenceSnapshot? _snapshot;

    /// <summary>-1: nothing is known.</summary>
    public long Revision { get; private set; } = -1;

    public int Count { get; private set; }

    /// <summary>Only the count is known: above the namespace's limit.</summary>
    public bool IsCounted { get; private set; }

    /// <summary>Every member is known, or the count where only that is.</summary>
    public bool IsComplete { get; private set; }

    /// <summary>The last member of the page before the one that is missing; none: it has to be read from its beginning.</summary>
    public SessionId ReadUpTo { get; private set; }

    /// <summary>In the order of the sessions. Without members while it is not complete.</summary>
    public PresenceSnapshot Snapshot() => _snapshot ??= IsComplete
        ? new PresenceSnapshot(IsCounted ? null : [.. _members.Values], Count, Revision)
        : new PresenceSnapshot(null, Count, Revision) { More = true };

    /// <summary>The channel has told the first page.</summary>
    public void Begin(PresenceSnapshot first)
    {
        _members.Clear();
        (Revision, IsCounted, ReadUpTo) = (first.Revision, first.Members is null && !first.More, default);
        Take(first);
    }

    /// <returns>False when changes were missed: it has to be read again from its beginning.</returns>
    public bool TryContinue(PresenceSnapshot page)
    {
        if (IsComplete)
        {
            return true;
        }

        if (ReadUpTo.IsNone || page.Members is null)
        {
            Begin(page);
            return true;
        }

        if (page.Revision != Revision)
        {
            return false;
        }

        foreach (var gone in _members.Keys.Where(session => session > ReadUpTo.Value).ToList())
        {
            _members.Remove(gone);
        }

        Take(page);
        return true;
    }

    /// <returns>False when a revision is missing, or the count came down to the limit: it has to be read again.</returns>
    public bool TryApply(ChannelNews.Presence news)
    {
        if (news.Revision <= Revision)
        {
            return true;
        }

        if (news.Revision != Revision + 1 || (IsCounted && news.Count <= rosterLimit))
        {
            ReadAgain();
            return false;
        }

        (Revision, Count, _snapshot) = (news.Revision, news.Count, null);
        if (news.Count > rosterLimit)
        {
            (IsCounted, IsComplete) = (true, true);
            _members.Clear();
            return true;
        }

        foreach (var member in news.Members)
        {
            if (news.Change is PresenceChange.Left)
            {
                _members.Remove(member.Session.Value);
            }
            else
            {
                _members[member.Session.Value] = member;
            }
        }

        return true;
    }

    /// <summary>What is known has a hole.</summary>
    public void ReadAgain() => (IsComplete, ReadUpTo, _snapshot) = (false, default, null);

    private void Take(PresenceSnapshot page)
    {
        (Count, _snapshot) = (page.Count, null);
        foreach (var member in page.Members ?? [])
        {
            _members[member.Session.Value] = member;
        }

        IsComplete = !page.More;
        ReadUpTo = page is { More: true, Members.Count: > 0 } ? page.Members[^1].Session : default;
    }
}
