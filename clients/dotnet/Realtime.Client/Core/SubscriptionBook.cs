using System.Collections.Immutable;
using Realtime.Client.Protocol;

namespace Realtime.Client.Core;

/// <summary>
/// The channels and their positions: which are subscribed on the current link, what has to be asked for, and whether each
/// message follows the one before. A position moves only with a message or a gap that is delivered.
/// </summary>
internal sealed class SubscriptionBook(IEnumerable<KeyValuePair<string, Position>> remembered, Func<long> nextId)
{
    private readonly Dictionary<string, SubscriptionEntry> _entries = [];
    private readonly Dictionary<string, Position> _remembered = new(remembered);
    private readonly Dictionary<long, SubscriptionEntry> _asked = [];
    private readonly PresenceBook _presence = new(nextId);

    /// <summary>The next moment at which a refused subscribe is to be sent again.</summary>
    public TimeSpan? Deadline => _entries.Values.Min(entry => entry.RetryAt);

    /// <summary>All positions known, channels of a remembered session that nobody asked for yet included.</summary>
    public IReadOnlyCollection<KeyValuePair<string, Position>> Positions =>
    [
        .. _remembered,
        .. _entries.Values.Where(entry => entry.Position is not null).Select(entry => KeyValuePair.Create(entry.Channel, entry.Position!.Value)),
    ];

    public bool AnyWanted => _entries.Values.Any(entry => entry.Wanted);

    /// <summary>One more subscription of a channel. Where the stream is under way it joins at once.</summary>
    public void Add(string channel, SubscribeOptions options, List<ClientEffect> effects)
    {
        if (!_entries.TryGetValue(channel, out var known))
        {
            Create(channel, options, wanted: true);
            return;
        }

        // The session has one presence and one token per channel: the last one given. Where to start is each subscription's own.
        known.PresenceChanged = options.Presence is not null;
        known.Options = known.Wanted
            ? known.Options with { Presence = options.Presence ?? known.Options.Presence, Token = options.Token ?? known.Options.Token, TokenProvider = options.TokenProvider ?? known.Options.TokenProvider }
            : options;
        known.Wanted = true;
        Rejoin(channel, effects);
    }

    /// <summary>Subscriptions of the channel that are not in its stream join it, if there is one now.</summary>
    public void Rejoin(string channel, List<ClientEffect> effects)
    {
        if (_entries.TryGetValue(channel, out var entry) && entry.Link != 0)
        {
            ImmutableArray<ChannelEvent> roster = entry.Revision is { } revision
                ? [new ChannelEvent.Roster(channel, [.. entry.Members.Values], entry.Count, revision)]
                : [];
            effects.Add(new ClientEffect.Join(
                channel, entry.Position, entry.Head, false, [new ChannelEvent.Subscribed(channel, entry.Position, entry.Head, null), .. roster]));
            effects.Add(new ClientEffect.Ready(channel));
        }
    }

    public void Remove(string channel, List<ClientEffect> effects)
    {
        _remembered.Remove(channel);
        if (_entries.Remove(channel))
        {
            effects.Add(new ClientEffect.Deliver(new ChannelEvent.Unsubscribed(channel, null)));
            effects.Add(new ClientEffect.End(channel, null));
        }
    }

    /// <summary>The link's answers will not come any more.</summary>
    public void LinkLost()
    {
        _asked.Clear();
        _presence.LinkLost();
        foreach (var entry in _entries.Values)
        {
            entry.Link = 0;
            entry.Asked = 0;
            entry.RosterAsked = 0;
            entry.RosterPart = null;
            entry.HeldChanges.Clear();
        }
    }

    /// <summary>The list of a welcome is the whole truth: what is not on it is not subscribed.</summary>
    public void Welcomed(int link, IReadOnlyCollection<Standing> standings, Func<string, bool> isLeaving, List<ClientEffect> effects)
    {
        LinkLost();
        foreach (var standing in standings.Where(standing => !isLeaving(standing.Channel)))
        {
            var entry = Adopt(standing.Channel, effects);
            Stand(entry, standing, link, effects);

            // A node writes updates behind: another one that goes on for it may not know the last.
            entry.PresenceChanged |= entry.PresenceUpdated;
        }

        foreach (var entry in _entries.Values.Where(entry => entry.Link == 0 && !entry.Wanted).ToList())
        {
            End(entry, "gone", null, effects);
        }
    }

    /// <summary>Asks for every channel that the application wants and the server does not have.</summary>
    public void Ask(int link, TimeSpan now, List<ClientEffect> effects)
    {
        foreach (var entry in _entries.Values.Where(entry => entry is { Wanted: true, Asked: 0 } && (entry.Link == 0 || entry.PresenceChanged)))
        {
            if (entry.RetryAt is { } at && at > now)
            {
                continue;
            }

            entry.RetryAt = null;
            if (entry is { Options.TokenProvider: not null, Token: null })
            {
                Fetch(entry, effects);
                continue;
            }

            entry.PresenceChanged = false;
            entry.Asked = nextId();
            _asked.Add(entry.Asked, entry);
            var options = entry.Options with { Token = entry.Token is "" ? null : entry.Token ?? entry.Options.Token };
            effects.Add(new ClientEffect.Send(link, FrameWriter.Subscribe(entry.Asked, entry.Channel, entry.Position, options)));
        }
    }

    public void TokenFetched(string channel, string? token)
    {
        if (_entries.TryGetValue(channel, out var entry) && entry.IsFetching)
        {
            entry.IsFetching = false;
            entry.Token = token ?? "";
        }
    }

    /// <summary>Tried again later, as a refusal for now is.</summary>
    public void TokenFailed(string channel, Fault fault, Moment at, List<ClientEffect> effects)
    {
        if (_entries.TryGetValue(channel, out var entry) && entry.IsFetching)
        {
            entry.IsFetching = false;
            entry.RetryAt = at.Now + (fault.RetryAfter ?? Pacing.BackOff(entry.Refusals++, at.Roll));
            effects.Add(new ClientEffect.Complained(fault));
        }
    }

    /// <summary>A reply to a request of this book; false when it is somebody else's.</summary>
    public bool Answered(int link, ServerFrame.Reply reply, List<ClientEffect> effects)
    {
        if (!_asked.TryGetValue(reply.Id, out var entry))
        {
            return _presence.Answered(link, reply, effects);
        }

        var standing = FrameReader.Standing(entry.Channel, reply.Body);
        _asked.Remove(reply.Id);
        if (entry.Asked == reply.Id)
        {
            entry.Asked = 0;
            entry.Refusals = 0;
            entry.IsTokenRenewed = false;
            if (standing.Already && entry.Link == link)
            {
                // Asked only to change what others see: the stream goes on as it was.
                return true;
            }

            var asAsked = entry.Position is null && !standing.Already;
            // A subscription made anew: revisions of the one before say nothing about this one.
            entry.Revision = standing.Already ? entry.Revision : null;
            Stand(entry, standing, link, effects, asAsked);
        }

        return true;
    }

    /// <summary>A refusal of a request of this book; false when it is somebody else's.</summary>
    public bool Refused(long id, Fault fault, Moment at, List<ClientEffect> effects)
    {
        if (!_asked.Remove(id, out var entry))
        {
            return _presence.Refused(id);
        }

        if (entry.Asked != id)
        {
            return true;
        }

        entry.Asked = 0;
        if (entry.Link != 0)
        {
            // Only the new presence was refused.
            effects.Add(new ClientEffect.Complained(fault));
            return true;
        }

        if (fault.Code == ErrorCodes.TokenExpired && TryRenew(entry))
        {
            return true;
        }

        // A subscription too many stays one too many until the application leaves another.
        if (fault.IsTemporary && fault.Code != ErrorCodes.TooMany)
        {
            entry.RetryAt = at.Now + (fault.RetryAfter ?? Pacing.BackOff(entry.Refusals++, at.Roll));
        }
        else
        {
            End(entry, fault.Code, fault, effects);
        }

        return true;
    }

    public void Subscribed(int link, ServerFrame.Subscribed frame, List<ClientEffect> effects) => Stand(
        Adopt(frame.Channel, effects),
        new Standing(frame.Channel, frame.Position, frame.Head, null, null, false, null),
        link,
        effects);

    public void Unsubscribed(int link, ServerFrame.Unsubscribed frame, List<ClientEffect> effects)
    {
        if (!_entries.TryGetValue(frame.Channel, out var entry))
        {
            return;
        }

        // After a welcome it is about what the session had, and the channel is being asked for already.
        if (entry.Link == link && !(frame.Reason == ErrorCodes.TokenExpired && TryRenew(entry)))
        {
            End(entry, frame.Reason, null, effects);
        }
    }

    /// <summary>False when a message is missing before this one: the link cannot be trusted any more, the position can.</summary>
    public bool Message(int link, ServerFrame.Message frame, List<ClientEffect> effects) =>
        Live(frame.Channel, link) is not { } entry || ChannelStream.Take(entry, frame, effects);

    public void Gap(int link, ServerFrame.Gap frame, List<ClientEffect> effects)
    {
        if (Live(frame.Channel, link) is { } entry)
        {
            ChannelStream.Skip(entry, frame.Hole, effects);
        }
    }

    public void Presence(int link, ServerFrame frame, string channel, List<ClientEffect> effects)
    {
        if (Live(channel, link) is { } entry)
        {
            _presence.Observe(entry, frame, link, effects);
        }
    }

    public void Full(string channel)
    {
        if (_entries.TryGetValue(channel, out var entry))
        {
            entry.Full = true;
        }
    }

    /// <summary>True when messages were left out meanwhile, so that the session has to attach anew to get them.</summary>
    public bool Drained(string channel, List<ClientEffect> effects)
    {
        if (!_entries.TryGetValue(channel, out var entry) || !entry.Full)
        {
            return false;
        }

        ChannelStream.CaughtUp(entry, effects);
        _presence.CaughtUp(entry, effects);
        return entry.Behind;
    }

    /// <summary>A granted request changes how the channel is asked for the next time.</summary>
    public void Granted(Request request)
    {
        if (request is { Channel: { } channel, Grants: { } grant } && _entries.TryGetValue(channel, out var entry))
        {
            entry.Options = grant(entry.Options);
            entry.PresenceUpdated |= request.Kind is RequestKind.Update;
        }
    }

    public void EndAll(Fault fault, List<ClientEffect> effects)
    {
        foreach (var entry in _entries.Values)
        {
            effects.Add(new ClientEffect.End(entry.Channel, fault));
        }

        _entries.Clear();
        LinkLost();
    }

    private static void Fetch(SubscriptionEntry entry, List<ClientEffect> effects)
    {
        if (!entry.IsFetching)
        {
            entry.IsFetching = true;
            effects.Add(new ClientEffect.FetchChannelToken(entry.Channel, entry.Options));
        }
    }

    /// <summary>The token is over: true when the provider can be asked for another. The channel is subscribed anew, from its position.</summary>
    private static bool TryRenew(SubscriptionEntry entry)
    {
        if (entry is not { Wanted: true, Options.TokenProvider: not null, IsTokenRenewed: false })
        {
            return false;
        }

        (entry.Link, entry.Token, entry.IsTokenRenewed) = (0, null, true);
        return true;
    }

    private SubscriptionEntry? Live(string channel, int link) =>
        _entries.TryGetValue(channel, out var entry) && entry.Link == link ? entry : null;

    private SubscriptionEntry Create(string channel, SubscribeOptions options, bool wanted)
    {
        var entry = new SubscriptionEntry(channel, options, wanted);
        if (_remembered.Remove(channel, out var position))
        {
            entry.Position = position;
        }

        _entries.Add(channel, entry);
        return entry;
    }

    private SubscriptionEntry Adopt(string channel, List<ClientEffect> effects)
    {
        if (!_entries.TryGetValue(channel, out var entry))
        {
            entry = Create(channel, new SubscribeOptions(), wanted: false);
            effects.Add(new ClientEffect.Adopt(channel));
        }

        return entry;
    }

    private void Stand(SubscriptionEntry entry, Standing standing, int link, List<ClientEffect> effects, bool asAsked = false)
    {
        entry.Link = link;
        entry.RetryAt = null;
        entry.Behind = false;
        entry.Position ??= standing.Position;
        entry.Head = standing.Head;
        effects.Add(new ClientEffect.Join(entry.Channel, entry.Position, entry.Head, asAsked, []));
        effects.Add(new ClientEffect.Deliver(new ChannelEvent.Subscribed(entry.Channel, entry.Position, standing.Head, standing.Recovered)));
        if (standing.Gap is { } hole)
        {
            ChannelStream.Skip(entry, hole, effects);
        }

        if (standing.Presence is { } presence)
        {
            _presence.Replace(entry, presence, effects);
        }

        effects.Add(new ClientEffect.Ready(entry.Channel));
    }

    private void End(SubscriptionEntry entry, string? reason, Fault? fault, List<ClientEffect> effects)
    {
        _entries.Remove(entry.Channel);
        if (fault is null)
        {
            effects.Add(new ClientEffect.Deliver(new ChannelEvent.Unsubscribed(entry.Channel, reason)));
        }

        effects.Add(new ClientEffect.End(entry.Channel, fault));
    }
}
