using Realtime.Messages.Channels;
using Realtime.Messages.Entities;
using Realtime.Messages.Errors;
using Realtime.Messages.Frames;
using Realtime.Messages.Ids;
using Realtime.Messages.Positions;
using Realtime.Messages.Sessions;
using Realtime.Node.Telemetry.Metrics;

namespace Realtime.Node.Connections.Core;

/// <summary>
/// The subscriptions that a connection begins with: those that the session has, those that its hello asks for, and the personal channel. Each from the position that counts, and none that
/// may not be.
/// </summary>
internal sealed class HelloSubscriptions(ConnectionContext context, SessionOutbox session, OpenQuestions questions)
{
    private readonly Dictionary<ChannelName, StreamPosition> _positions = [];
    private readonly List<(ConnectionSubscription Subscription, StartFrom From)> _wishes = [];
    private readonly List<SubscriptionInfo> _joined = [];
    private readonly List<(ChannelName Channel, string Reason)> _lost = [];
    private readonly List<Refusal> _notTaken = [];
    private int _joining;

    /// <summary>Positions that the client brought.</summary>
    public int Positions => _positions.Count;

    /// <summary>Not all of them have answered.</summary>
    public bool AreJoining => _joining > 0;

    public IReadOnlyList<SubscriptionInfo> Made => _joined;

    public void Add(IReadOnlyList<ChannelPosition> positions)
    {
        foreach (var (channel, position) in positions)
        {
            _positions[channel] = position;
        }
    }

    /// <param name="resumes">The positions are this session's.</param>
    public void Begin(ClientFrame.Hello hello, SessionReply.Attached attached, bool resumes)
    {
        foreach (var stored in attached.Subscriptions)
        {
            var from = _positions.TryGetValue(stored.Channel, out var told) ? told : stored.Position;
            var token = hello.Subscriptions.FirstOrDefault(request => request.Channel == stored.Channel)?.Token;
            Wish(stored.Channel, token, from is { } at ? new StartFrom.At(at) : StartFrom.Live, stored.Presence, stored, stored.ByServer);
        }

        for (var i = 0; i < hello.Subscriptions.Count; i++)
        {
            Take(hello.Subscriptions[i], $"hello.subscriptions[{i}].presence");
        }

        if (context.User is { } owner && ChannelName.Personal(owner) is var personal && context.Subscriptions.Find(personal) is null
            && context.Setup.Namespaces.TryFind(personal, out _))
        {
            Wish(personal, null, From(personal, StartFrom.Live), null, null, byServer: true);
        }

        if (resumes && _positions.Count > 0)
        {
            session.Acknowledge([.. _positions.Select(told => new ChannelPosition(told.Key, told.Value))]);
        }

        _joining = _wishes.Count;
        foreach (var (subscription, from) in _wishes)
        {
            questions.MayJoin(subscription, () => context.Join(subscription, from), no => Refused(subscription, Verdict.NoOf(no)));
        }
    }

    public void Joined(ConnectionSubscription subscription, SubscriptionInfo info)
    {
        subscription.Stage = SubscriptionStage.Active;
        if (!subscription.IsStored)
        {
            subscription.Position = info.Position;
        }

        _joined.Add(info with { Presence = null, Expires = subscription.Expires });
        _joining--;
    }

    public void JoinRefused(ConnectionSubscription subscription, ChannelReply.Refused reason)
    {
        context.Remove(subscription);
        _lost.Add((subscription.Channel, ErrorRegistry.NameOf(reason.Code)));
        _joining--;
    }

    /// <summary>The welcome is out: messages may follow, and what was not taken of the hello is told.</summary>
    public void Welcomed()
    {
        foreach (var subscription in context.Subscriptions)
        {
            context.Effects.Add(new ConnectionEffect.Begin(subscription.Channel, WithRoster: true));
            if (!subscription.IsStored || subscription.HasNews)
            {
                session.Store(subscription.Channel);
            }
        }

        foreach (var (channel, reason) in _lost)
        {
            context.ToClient(new ServerFrame.Unsubscribed(channel, null, reason));
        }

        // The hello's id has its answer; what was not taken of it follows in errors of its own.
        _notTaken.ForEach(refusal => context.Refuse(0, refusal));
    }

    /// <summary>The application does not want it. What it cannot decide now stays with the session.</summary>
    private void Refused(ConnectionSubscription subscription, Verdict.Refused no)
    {
        JoinRefused(subscription, new ChannelReply.Refused(0, no.Code, no.Text, no.RetryAfter, no.Outcome));
        if (subscription.IsStored && !ErrorRegistry.Of(no.Code).Temporary)
        {
            session.Store(subscription.Channel);
        }
    }

    private void Take(SubscriptionRequest request, string presenceField)
    {
        var known = context.Subscriptions.Find(request.Channel);
        if (known is null && _lost.Exists(lost => lost.Channel == request.Channel))
        {
            return; // The session had it, and it was refused already.
        }

        // The bound belongs to the namespace: whoever may not subscribe is not told of it.
        var until = known?.TokenUntil;
        if (context.MaySubscribe(request.Channel, request.Token, ref until, out var space) is null
            && AccessCheck.Presence(space!, request.Presence, presenceField) is { } tooLarge)
        {
            _notTaken.Add(tooLarge);
            if (known is null)
            {
                _lost.Add((request.Channel, ErrorRegistry.NameOf(tooLarge.Code)));
            }
        }
        else if (known is null)
        {
            Wish(request.Channel, request.Token, From(request.Channel, request.From ?? StartFrom.Live), request.Presence, null, byServer: false);
        }
        else if (request.Presence is { } presence && known.Presence != presence && space is { Presence: true })
        {
            if (context.MayShow(known.Presence, presence) is { } full)
            {
                _notTaken.Add(full);
                return;
            }

            known.Presence = presence;
            session.Store(request.Channel);
        }
    }

    private StartFrom From(ChannelName channel, StartFrom wish) =>
        _positions.TryGetValue(channel, out var told) ? new StartFrom.At(told) : wish;

    private void Wish(ChannelName channel, string? token, StartFrom from, Payload? presence, SessionSubscription? stored, bool byServer)
    {
        var until = stored?.TokenUntil;
        if (stored is { ByServer: true } && !channel.IsPersonal)
        {
            WishByServer(stored, from);
            return;
        }

        var refusal = context.MaySubscribe(channel, token, ref until, out var space) ?? context.MayBegin(channel, from, hasToken: until is not null);
        if (refusal is null && context.Subscriptions.Count >= context.Setup.Policy.Limits.Subscriptions)
        {
            refusal = new Refusal(ErrorCode.TooMany, "too many subscriptions");
        }

        var shown = space is { Presence: true } ? presence : null;
        if (refusal is null && stored is null)
        {
            refusal = Count(shown, byServer);
        }

        if (refusal is { } no)
        {
            _lost.Add((channel, ErrorRegistry.NameOf(no.Code)));
            if (stored is not null)
            {
                session.Store(channel);
            }

            return;
        }

        if (stored is not null)
        {
            context.CountShown(shown);
        }

        var subscription = new ConnectionSubscription(channel, 0)
        {
            Presence = shown, IsStored = stored is not null, ByServer = byServer, Position = stored?.Position, TokenUntil = until, IsTold = true, HasNews = until != stored?.TokenUntil,
        };
        context.Add(subscription, isCounted: stored is null);
        _wishes.Add((subscription, from));
    }

    /// <summary>What the session had, and what the server makes, is counted and not refused: a client that comes back loses nothing.</summary>
    private Refusal? Count(Payload? shown, bool byServer)
    {
        if (byServer)
        {
            context.Quota.Add(LimitKind.Subscriptions, 1);
        }
        else if (context.MayAdd(LimitKind.Subscriptions) is { } many)
        {
            _notTaken.Add(many);
            return many;
        }

        if (context.MayShow(null, shown) is not { } full)
        {
            return null;
        }

        context.Quota.Add(LimitKind.Subscriptions, -1);
        _notTaken.Add(full);
        return full;
    }

    /// <summary>What the application has subscribed is not asked for again by rules and grants.</summary>
    private void WishByServer(SessionSubscription stored, StartFrom from)
    {
        if (!context.MayHaveByServer(stored.Channel))
        {
            _lost.Add((stored.Channel, ErrorRegistry.NameOf(ErrorCode.TooMany)));
            session.Store(stored.Channel);
            return;
        }

        context.CountShown(stored.Presence);
        var subscription = new ConnectionSubscription(stored.Channel, 0)
        {
            Presence = stored.Presence, IsStored = true, ByServer = true, Position = stored.Position, TokenUntil = stored.TokenUntil, IsTold = true,
        };
        context.Add(subscription);
        _wishes.Add((subscription, from));
    }
}
