using Realtime.Messages.Channels;
using Realtime.Messages.Frames;
using Realtime.Messages.Ids;
using Realtime.Node.Events;
using Realtime.Node.Events.Core;
using Realtime.Node.Namespaces;

namespace Realtime.Node.Channels.Core;

/// <summary>
/// What a channel reports for the application: whether it has subscribers, and who is present. An owner that has just started knows less than the reports before it say: what it does not know it denies only when
/// those who may still come have had their time.
/// </summary>
internal sealed class ChannelReports
{
    private readonly ChannelName _channel;
    private readonly ChannelPolicy _policy;
    private readonly PresenceRoster _roster;
    private readonly WantedReports _wanted;
    private readonly OpenReports _open = new();

    /// <summary>Members that the reports may name: this owner has said so, or one before it may have.</summary>
    private readonly HashSet<SessionId> _named = [];

    /// <summary>Members that a reader of the reports believes in and this owner does not know.</summary>
    private readonly HashSet<SessionId> _doubted = [];

    /// <summary>Milliseconds since 1970: who was there under an owner before this one has come back by then, or does not.</summary>
    private readonly long _settlesAt;
    private bool _isOccupied;

    /// <summary>What this owner has reported; null: nothing yet.</summary>
    private bool? _said;
    private long? _vacatesAt;

    /// <param name="now">When the owner starts, milliseconds since 1970.</param>
    private ChannelReports(ChannelName channel, ChannelPolicy policy, PresenceRoster roster, WantedReports wanted, long now)
    {
        (_channel, _policy, _roster, _wanted) = (channel, policy, roster, wanted);
        _settlesAt = now + AfterLoss;
        foreach (var member in wanted.Members ? roster.Members : [])
        {
            Joined(EventKind.MemberJoined, member, now);
        }
    }

    /// <summary>How long the lost have to come back, milliseconds.</summary>
    private long AfterLoss => (long)(_policy.UnclaimedGrace > _policy.VacateAfter ? _policy.UnclaimedGrace : _policy.VacateAfter).TotalMilliseconds;

    /// <returns>Null: nobody wants to learn of anything.</returns>
    public static ChannelReports? Of(ChannelName channel, NamespacePolicy space, ChannelPolicy policy, PresenceRoster roster, WantedReports wanted, long now)
    {
        wanted = wanted with { Members = wanted.Members && space.Presence };
        return wanted == default ? null : new ChannelReports(channel, policy, roster, wanted, now);
    }

    /// <summary>Nothing is to be reported, now or later.</summary>
    public bool IsIdle => _open.IsEmpty && _vacatesAt is null && _doubted.Count == 0;

    /// <summary>When <see cref="Settle"/> has something to do, milliseconds since 1970; null: nothing.</summary>
    public long? Due
    {
        get
        {
            var due = Math.Min(_vacatesAt ?? long.MaxValue, _open.Due ?? long.MaxValue);
            due = _doubted.Count > 0 ? Math.Min(due, _settlesAt) : due;
            return due == long.MaxValue ? null : due;
        }
    }

    /// <summary>What the next owner is to be asked for: it does not know what this one has not reported.</summary>
    public ChannelRequest.Report? HandOn() => IsIdle && !_isOccupied && _named.Count == 0
        ? null
        : new ChannelRequest.Report(
            _channel, 0, [.. _open.All.Where(report => report.Kind is EventKind.MemberLeft).Select(report => report.Session).Concat(_doubted).Distinct().Take(ChannelRequest.Report.MostMembers)]);

    /// <summary>After each step: whether feeds listen.</summary>
    /// <param name="wereLost">The last ones have not left by themselves: they, or others, may come again.</param>
    public void OnFeeds(bool areThere, bool wereLost, long now)
    {
        if (!_wanted.Occupancy || areThere == _isOccupied)
        {
            return;
        }

        _isOccupied = areThere;
        if (areThere)
        {
            _vacatesAt = null;
            Say(isOccupied: true);
        }
        else
        {
            _vacatesAt = Math.Max(now + (wereLost ? AfterLoss : (long)_policy.VacateAfter.TotalMilliseconds), _settlesAt);
        }
    }

    /// <summary>Somebody knows of feeds that this owner does not know of.</summary>
    public void Doubt(long now)
    {
        if (_wanted.Occupancy && !_isOccupied && _said is not false)
        {
            _vacatesAt ??= Math.Max(now, _settlesAt);
        }
    }

    /// <summary>Somebody believes it to be occupied, or these to be present.</summary>
    public void Doubt(IReadOnlyList<SessionId> members, long now)
    {
        Doubt(now);
        _doubted.UnionWith(_wanted.Members ? members.Where(member => !_roster.Contains(member)) : []);
    }

    public void OnRoster(RosterChange change, long now)
    {
        foreach (var member in _wanted.Members ? change.Members : [])
        {
            if (change.Change is PresenceChange.Left)
            {
                Left(member.Session, member.User, now);
            }
            else
            {
                Joined(change.Change is PresenceChange.Joined ? EventKind.MemberJoined : EventKind.MemberChanged, member, now);
            }
        }
    }

    /// <summary>A session has withdrawn that this owner does not show: an owner before it may have.</summary>
    public void OnStranger(SessionId session, long now)
    {
        if (_wanted.Members && now < _settlesAt)
        {
            _named.Add(session);
            Left(session, null, now);
        }
    }

    public void Written(long tag) => _open.Written(tag);

    /// <summary>After each step: what is due is said, and what can go to the writer goes.</summary>
    public void Settle(long now, List<ChannelEffect> effects)
    {
        if (_vacatesAt <= now)
        {
            _vacatesAt = null;
            Say(isOccupied: false);
        }

        if (_doubted.Count > 0 && _settlesAt <= now)
        {
            foreach (var session in _doubted.Where(session => !_roster.Contains(session)))
            {
                _named.Add(session);
                Left(session, null, now);
            }

            _doubted.Clear();
        }

        if (_open.TryTake(now, out var batch))
        {
            _named.UnionWith(batch.Reports.Where(report => report.Kind is EventKind.MemberJoined or EventKind.MemberChanged).Select(report => report.Session));
            effects.Add(new ChannelEffect.Report(batch));
        }
    }

    private void Say(bool isOccupied)
    {
        if (_said != isOccupied)
        {
            _said = isOccupied;

            // The members that a feed brings with it are heard of first.
            _open.Put(new EventReport(isOccupied ? EventKind.ChannelOccupied : EventKind.ChannelVacated, _channel, default, null), isFirst: isOccupied);
        }
    }

    private void Joined(EventKind kind, Member member, long now)
    {
        if (now < _settlesAt)
        {
            _named.Add(member.Session);
        }

        _open.Put(new EventReport(kind, _channel, member.Session, member.User, member.Data));
    }

    /// <summary>Whoever came and left while nothing could be written was never there for the application: what waits stays as little as the roster.</summary>
    private void Left(SessionId session, UserId? user, long now)
    {
        var report = new EventReport(EventKind.MemberLeft, _channel, session, user);
        if (_named.Remove(session) || now < _settlesAt)
        {
            _open.Put(report);
        }
        else
        {
            _open.Drop(report.Subject);
        }
    }
}
