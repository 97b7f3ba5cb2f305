using Realtime.Messages.Entities;
using Realtime.Messages.Errors;
using Realtime.Messages.Frames;
using Realtime.Messages.Ids;
using Realtime.Messages.Positions;
using Realtime.Node.Namespaces;

namespace Realtime.Node.Connections.Core;

/// <summary>
/// From <c>hello</c> to <c>welcome</c>: who is it, which session, which subscriptions from where. Lives only that long. A session that
/// cannot be resumed is not an error (protocol.md, rule 3): a new one is opened, and the client's positions still count.
/// </summary>
internal sealed class Greeting(ConnectionContext context, SessionId fresh)
{
    /// <summary>The tag of the question to the session that is to be resumed.</summary>
    public const long ResumeTag = -1;

    /// <summary>The tag of the question to the new session.</summary>
    public const long OpenTag = -2;

    /// <summary>
    /// An attach question without an answer is asked again after this, milliseconds: its owner may have died with it. The session takes
    /// a repetition for what it is.
    /// </summary>
    public const long AnswerTimeout = 4_000;

    private readonly Dictionary<ChannelName, StreamPosition> _positions = [];
    private readonly List<SubscriptionInfo> _joined = [];
    private readonly List<(ChannelName Channel, string Reason)> _lost = [];
    private readonly List<Refusal> _notTaken = [];
    private ClientFrame.Hello _hello = new(0);
    private SessionIdentity? _identity;
    private SessionReply.Attached? _attached;
    private bool _resumed;
    private int _joining;
    private long _asked;

    public bool IsAttached => _attached is not null;

    /// <summary>The hello's id.</summary>
    public long Id => _hello.Id;

    /// <summary>The hello has come whole, with all positions.</summary>
    public bool IsComplete { get; private set; }

    private long Tag => _resumed ? ResumeTag : OpenTag;

    /// <returns>Null, or why the connection is closed.</returns>
    public CloseCode? Hello(ClientFrame.Hello hello)
    {
        _hello = hello;
        if (hello.Token is { } token)
        {
            var verdict = context.Setup.Tokens.Verify(token, context.Now.Wall);
            if (verdict.Identity is null)
            {
                context.Refuse(hello.Id, verdict.Refusal, verdict.Reason ?? "the token is refused");
                return verdict.Refusal is ErrorCode.TokenExpired ? CloseCode.TokenExpired : CloseCode.Unauthorized;
            }

            _identity = verdict.Identity;
        }

        context.Producer = hello.Producer;
        context.Attempt = hello.Attempt;
        return Add(hello.Positions, hello.More);
    }

    /// <summary>A frame with further positions. No channel is joined before the last of them: its replay would begin at the wrong place.</summary>
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

        if (more)
        {
            return null;
        }

        IsComplete = true;
        _resumed = context.Setup.ResumeTokens.TryVerify(_hello.Session, out var session);
        Attach(_resumed ? session : fresh);
        return null;
    }

    /// <returns>Null, or why the connection is closed.</returns>
    public CloseCode? Attached(EntityReply reply)
    {
        switch (reply)
        {
            case SessionReply.Attached attached:
                Take(attached);
                return null;
            case SessionReply.Unknown when _resumed:
                // Where its client read is where it may have been seen; no more than it can have been subscribed to.
                foreach (var channel in _positions.Keys.Take(context.Setup.Policy.Limits.Subscriptions))
                {
                    context.Probe(context.Session, channel);
                }

                _resumed = false;
                Attach(fresh);
                return null;
            case SessionReply.Stale:
                // The client has a newer connection; this one it has given up.
                return CloseCode.Superseded;
            case EntityReply.Refused { Code: ErrorCode.TokenExpired } refused:
                context.Refuse(_hello.Id, refused.Code, refused.Message);
                return CloseCode.TokenExpired;
            case EntityReply.Refused refused:
                context.Refuse(_hello.Id, refused.Code, refused.Message, refused.RetryAfter, refused.Outcome);
                return CloseCode.SessionUnavailable;
            default:
                return CloseCode.SessionUnavailable;
        }
    }

    /// <summary>Whether an answer with this tag is waited for; questions may be asked twice, and their answers come twice.</summary>
    public bool Awaits(long tag) => !IsAttached && tag == Tag;

    /// <summary>Asks again when the answer is overdue.</summary>
    public void Sweep()
    {
        if (!IsAttached && context.Now.Ticks - _asked >= AnswerTimeout)
        {
            AskAgain();
        }
    }

    /// <summary>Asks to be attached, or repeats the question.</summary>
    public void AskAgain()
    {
        _asked = context.Now.Ticks;
        context.Effects.Add(new ConnectionEffect.AskSession(
            context.Session, new SessionRequest.Attach(context.Setup.Node, context.Id, !_resumed, _identity) { Attempt = context.Attempt }, Tag));
    }

    /// <returns>Whether that was the last one and the welcome is out.</returns>
    public bool Joined(ConnectionSubscription subscription, SubscriptionInfo info)
    {
        subscription.Stage = SubscriptionStage.Active;
        _joined.Add(info with { Presence = null });
        if (!subscription.IsStored)
        {
            subscription.Position = info.Position;
        }

        _joining--;
        return TryWelcome();
    }

    public bool JoinRefused(ConnectionSubscription subscription, EntityReply.Refused refusal)
    {
        context.Remove(subscription);
        _lost.Add((subscription.Channel, ErrorRegistry.NameOf(refusal.Code)));
        _joining--;
        return TryWelcome();
    }

    private void Attach(SessionId session)
    {
        context.Session = session;
        AskAgain();
    }

    private void Take(SessionReply.Attached attached)
    {
        _attached = attached;
        context.Attachment = attached.Attachment;
        context.IsUnwritten = attached.IsUnwritten;
        context.Identity = attached.User is { } user ? new SessionIdentity(user, attached.Expires) : null;
        if (_resumed || attached.State.Count > 0)
        {
            context.CountAnonymous(attached.State);
        }

        foreach (var stored in attached.Subscriptions)
        {
            var from = _positions.TryGetValue(stored.Channel, out var told) ? told : stored.Position;
            Join(stored.Channel, from is { } at ? new StartFrom.At(at) : StartFrom.Live, stored.Presence, stored, stored.ByServer);
        }

        for (var i = 0; i < _hello.Subscriptions.Count; i++)
        {
            var request = _hello.Subscriptions[i];
            if (context.Setup.Namespaces.TryFind(request.Channel, out var space)
                && AccessCheck.Presence(space, request.Presence, $"hello.subscriptions[{i}].presence") is { } tooLarge)
            {
                _notTaken.Add(tooLarge);
                if (context.Find(request.Channel) is null)
                {
                    _lost.Add((request.Channel, ErrorRegistry.NameOf(tooLarge.Code)));
                }

                continue;
            }

            if (context.Find(request.Channel) is { } known)
            {
                if (request.Presence is { } presence && known.Presence != presence
                    && context.Setup.Namespaces.Of(request.Channel).Presence)
                {
                    if (context.MayShow(known.Presence, presence) is { } full)
                    {
                        _notTaken.Add(full);
                        continue;
                    }

                    known.Presence = presence;
                    context.TellSession(new SessionRequest.UpdatePresence(context.Attachment, request.Channel, presence));
                }

                continue;
            }

            var from = _positions.TryGetValue(request.Channel, out var at) ? new StartFrom.At(at) : request.From ?? StartFrom.Live;
            Join(request.Channel, from, request.Presence, null, false);
        }

        if (context.User is { } owner && ChannelName.Personal(owner) is var personal && context.Find(personal) is null
            && context.Setup.Namespaces.TryFind(personal, out _))
        {
            Join(personal, _positions.TryGetValue(personal, out var at) ? new StartFrom.At(at) : StartFrom.Live, null, null, true);
        }

        if (_resumed && _positions.Count > 0)
        {
            context.Acknowledge([.. _positions.Select(told => new ChannelPosition(told.Key, told.Value))]);
        }

        TryWelcome();
    }

    private void Join(ChannelName channel, StartFrom from, Payload? presence, SessionSubscription? stored, bool byServer)
    {
        var refusal = context.Setup.Access.Subscribe(channel, context.User, out var space);
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
                context.TellSession(new SessionRequest.RemoveSubscription(context.Attachment, channel));
            }

            return;
        }

        if (stored is not null)
        {
            context.CountShown(shown);
        }

        _joining++;
        context.Add(new ConnectionSubscription(channel, 0)
        {
            Presence = shown, IsStored = stored is not null, ByServer = byServer, Position = stored?.Position,
        });
        context.Effects.Add(new ConnectionEffect.Join(channel, context.Session, from));
    }

    private bool TryWelcome()
    {
        if (_joining > 0 || _attached is null)
        {
            return false;
        }

        var policy = context.Setup.Policy;
        context.Send(new ServerFrame.Welcome(_hello.Id, context.Setup.ResumeTokens.Issue(context.Session), _resumed)
        {
            User = context.User,
            Node = context.Setup.Node,
            PingEvery = (int)Math.Ceiling(policy.PingEvery.TotalSeconds),
            PingTimeout = (int)Math.Ceiling(policy.PingTimeout.TotalSeconds),
            Limits = policy.Limits,
            CrashWindow = context.Setup.CrashWindow,
            Subscriptions = _joined,
            State = _attached.State,
        });
        foreach (var subscription in context.Subscriptions)
        {
            context.Effects.Add(new ConnectionEffect.Begin(subscription.Channel, WithRoster: true));
            if (!subscription.IsStored)
            {
                context.TellSession(new SessionRequest.PutSubscription(context.Attachment, subscription.ForSession()));
            }
        }

        foreach (var (channel, reason) in _lost)
        {
            context.Send(new ServerFrame.Unsubscribed(channel, null, reason));
        }

        // The hello's id has its answer; what was not taken of it is said in words beside it.
        _notTaken.ForEach(refusal => context.Refuse(0, refusal));

        return true;
    }
}
