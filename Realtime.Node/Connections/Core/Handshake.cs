using Realtime.Messages.Channels;
using Realtime.Messages.Entities;
using Realtime.Messages.Errors;
using Realtime.Messages.Frames;
using Realtime.Messages.Ids;
using Realtime.Messages.Positions;
using Realtime.Messages.Sessions;
using Realtime.Node.Namespaces;

namespace Realtime.Node.Connections.Core;

/// <summary>
/// From <c>hello</c> to <c>welcome</c>: who is it, which session, which subscriptions from where. Lives only that long. A session that
/// cannot be resumed is not an error (protocol.md, rule 3): a new one is opened, and the client's positions still count.
/// </summary>
/// <param name="fresh">An unguessable id for the session that this connection may open.</param>
internal sealed class Handshake(ConnectionContext context, SessionOutbox session, OpenQuestions questions, SessionId fresh)
{
    private readonly Dictionary<ChannelName, StreamPosition> _positions = [];
    private readonly List<(ConnectionSubscription Subscription, StartFrom From)> _wishes = [];
    private readonly List<SubscriptionInfo> _joined = [];
    private readonly List<(ChannelName Channel, string Reason)> _lost = [];
    private readonly List<Refusal> _notTaken = [];
    private ClientFrame.Hello _hello = new(0);
    private SessionReply.Attached? _attached;
    private bool _resumes;
    private int _joining;

    /// <summary>The hello's id.</summary>
    public long Id => _hello.Id;

    /// <summary>The hello has come whole, with all positions.</summary>
    public bool IsComplete { get; private set; }

    /// <summary>Requests that came before the welcome; handled after it.</summary>
    public DeferredRequests Deferred { get; } = new(context);

    /// <returns>Null, or why the connection is closed.</returns>
    public CloseCode? Hello(ClientFrame.Hello hello)
    {
        _hello = hello;
        if (hello.Token is { } token)
        {
            var verdict = context.Setup.Tokens.Verify(token, context.Now.Wall);
            if (verdict.Identity is null)
            {
                context.Refuse(hello.Id, verdict.Refusal, verdict.Reason ?? "the token is refused", verdict.RetryAfter);
                return CodeOf(verdict.Refusal);
            }

            context.Identity = verdict.Identity;
        }
        else if (!context.Setup.Policy.TakesAnonymous && context.Setup.Application is not { DecidesConnects: true } && !context.Setup.ResumeTokens.TryVerify(hello.Session, out _))
        {
            return RefuseAnonymous();
        }

        (context.Producer, context.Attempt) = (hello.Producer, hello.Attempt);
        return Add(hello.Positions, hello.More);
    }

    /// <summary>
    /// A frame with further positions. No channel is joined before the last of them: its replay would begin at the wrong place.
    /// </summary>
    /// <returns>Null, or why the connection is closed.</returns>
    public CloseCode? Add(IReadOnlyList<ChannelPosition> positions, bool more)
    {
        foreach (var (channel, position) in positions)
        {
            _positions[channel] = position;
        }

        if (_positions.Count > context.Setup.Policy.HelloPositions)
        {
            context.Refuse(_hello.Id, ErrorCode.TooMany, $"a hello brings at most {context.Setup.Policy.HelloPositions} positions");
            return CloseCode.SessionUnavailable;
        }

        if (!more)
        {
            IsComplete = true;
            _resumes = context.Setup.ResumeTokens.TryVerify(_hello.Session, out var known);
            if (_resumes && MayHave(known, context.Identity) is { } revoked)
            {
                return revoked; // Whether or not the session can be reached, or is there still.
            }

            MayConnect(() => session.Attach(_resumes ? known : fresh, isNew: !_resumes));
        }

        return null;
    }

    /// <summary>Why the application does not want the connection; null: it has not said so.</summary>
    public CloseCode? TurnedAway { get; private set; }

    private void MayConnect(Action attach)
    {
        if (context.Setup.Application is not { DecidesConnects: true })
        {
            attach();
            return;
        }

        questions.Ask(
            new Question.Connect(context.Identity, _hello.Data, _hello.ClientName, _hello.ClientVersion, context.Address),
            verdict =>
            {
                if (verdict is Verdict.Allowed allowed)
                {
                    context.Identity = allowed.Identity ?? context.Identity;
                    TurnedAway = context.Identity is null && !_resumes && !context.Setup.Policy.TakesAnonymous ? RefuseAnonymous() : null;
                    if (TurnedAway is null)
                    {
                        attach();
                    }

                    return;
                }

                var no = Verdict.NoOf(verdict);
                context.Refuse(_hello.Id, no);
                TurnedAway = CodeOf(no.Code);
            });
    }

    /// <summary>The session has answered.</summary>
    /// <returns>Null, or why the connection is closed.</returns>
    public CloseCode? Attached(SessionReply reply)
    {
        switch (reply)
        {
            case SessionReply.Attached attached:
                session.Attached(attached);
                if (MayHave(attached) is { } no)
                {
                    return no;
                }

                Take(attached);
                return null;
            case SessionReply.Unknown when _resumes && context.Identity is null && !context.Setup.Policy.TakesAnonymous:
                return RefuseAnonymous();
            case SessionReply.Unknown when _resumes:
                _resumes = false;
                session.Attach(fresh, isNew: true);
                return null;
            case SessionReply.Superseded:
                // The client has a newer connection; it has given this one up.
                return CloseCode.Superseded;
            case SessionReply.Refused refused:
                context.Refuse(_hello.Id, refused.Code, refused.Message, refused.RetryAfter, refused.Outcome);
                return refused.Code is ErrorCode.TokenExpired ? CloseCode.TokenExpired : CloseCode.SessionUnavailable;
            default:
                return CloseCode.SessionUnavailable;
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

    /// <returns>Whether everything was there and the welcome is out.</returns>
    public bool TryWelcome()
    {
        if (_joining > 0 || _attached is null)
        {
            return false;
        }

        var policy = context.Setup.Policy;
        context.ToClient(new ServerFrame.Welcome(_hello.Id, context.Setup.ResumeTokens.Issue(context.Session), _resumes)
        {
            User = context.User,
            Info = context.Identity?.Info,
            ExpiresIn = context.Left(context.Identity),
            Node = context.Setup.Node,
            PingEvery = (int)Math.Ceiling(policy.PingEvery.TotalSeconds),
            PingTimeout = (int)Math.Ceiling(policy.PingTimeout.TotalSeconds),
            Limits = policy.Limits,
            CrashWindow = context.Setup.CrashWindow,
            Others = context.Setup.Others,
            Subscriptions = _joined,
            State = _attached.State,
        });
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
        return true;
    }

    /// <summary>The session may be revoked, or have a user that is: a resume needs no token.</summary>
    private CloseCode? MayHave(SessionReply.Attached attached) =>
        MayHave(context.Session, attached.Identity) ?? (attached.Identity is null && !context.Setup.Policy.TakesAnonymous ? RefuseAnonymous() : null);

    private CloseCode? MayHave(SessionId known, SessionIdentity? identity)
    {
        if (context.Setup.Revocations.Refusal(known, identity) is not { } verdict)
        {
            return null;
        }

        context.Refuse(_hello.Id, verdict.Refusal, verdict.Reason!, verdict.RetryAfter);
        return CodeOf(verdict.Refusal);
    }

    private CloseCode RefuseAnonymous()
    {
        context.Refuse(_hello.Id, ErrorCode.Unauthorized, "this server takes no client without a token");
        return CloseCode.Unauthorized;
    }

    private static CloseCode CodeOf(ErrorCode refusal) => refusal switch
    {
        ErrorCode.TokenExpired => CloseCode.TokenExpired,
        _ when ErrorRegistry.Of(refusal).Temporary => CloseCode.SessionUnavailable,
        _ => CloseCode.Unauthorized,
    };

    private void Take(SessionReply.Attached attached)
    {
        _attached = attached;
        context.Identity = attached.Identity;
        if (_resumes || attached.State.Count > 0)
        {
            context.CountAnonymous(attached.State);
        }

        foreach (var stored in attached.Subscriptions)
        {
            var from = _positions.TryGetValue(stored.Channel, out var told) ? told : stored.Position;
            var token = _hello.Subscriptions.FirstOrDefault(request => request.Channel == stored.Channel)?.Token;
            Wish(stored.Channel, token, from is { } at ? new StartFrom.At(at) : StartFrom.Live, stored.Presence, stored, stored.ByServer);
        }

        for (var i = 0; i < _hello.Subscriptions.Count; i++)
        {
            Take(_hello.Subscriptions[i], $"hello.subscriptions[{i}].presence");
        }

        if (context.User is { } owner && ChannelName.Personal(owner) is var personal && context.Subscriptions.Find(personal) is null
            && context.Setup.Namespaces.TryFind(personal, out _))
        {
            Wish(personal, null, From(personal, StartFrom.Live), null, null, byServer: true);
        }

        if (_resumes && _positions.Count > 0)
        {
            session.Acknowledge([.. _positions.Select(told => new ChannelPosition(told.Key, told.Value))]);
        }

        _joining = _wishes.Count;
        foreach (var (subscription, from) in _wishes)
        {
            questions.MayJoin(subscription, () => context.Join(subscription, from), no => Refused(subscription, Verdict.NoOf(no)));
        }
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
        if (refusal is null && stored is null && context.MayShow(null, shown) is { } full)
        {
            _notTaken.Add(full);
            refusal = full;
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
        context.Subscriptions.Add(subscription);
        _wishes.Add((subscription, from));
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
        context.Subscriptions.Add(subscription);
        _wishes.Add((subscription, from));
    }
}
