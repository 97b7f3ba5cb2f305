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
    private ClientFrame.Hello _hello = new(0);
    private SessionReply.Attached? _attached;
    private bool _resumes;

    /// <summary>The hello's id.</summary>
    public long Id => _hello.Id;

    /// <summary>The hello has come whole, with all positions.</summary>
    public bool IsComplete { get; private set; }

    /// <summary>Requests that came before the welcome; handled after it.</summary>
    public DeferredRequests Deferred { get; } = new(context);

    /// <summary>What the connection begins with.</summary>
    public HelloSubscriptions Subscriptions { get; } = new(context, session, questions);

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
        Subscriptions.Add(positions);
        if (Subscriptions.Positions > context.Setup.Policy.HelloPositions)
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

            return MayConnect(_resumes ? known : fresh);
        }

        return null;
    }

    /// <summary>Why the application does not want the connection; null: it has not said so.</summary>
    public CloseCode? TurnedAway { get; private set; }

    private CloseCode? MayConnect(SessionId known)
    {
        if (context.Setup.Application is not { DecidesConnects: true })
        {
            return Attach(known);
        }

        questions.Ask(
            new Question.Connect(context.Identity, _hello.Data, _hello.ClientName, _hello.ClientVersion, context.Address),
            verdict =>
            {
                if (verdict is Verdict.Allowed allowed)
                {
                    context.Identity = allowed.Identity ?? context.Identity;
                    TurnedAway = context.Identity is null && !_resumes && !context.Setup.Policy.TakesAnonymous ? RefuseAnonymous() : Attach(known);
                    return;
                }

                var no = Verdict.NoOf(verdict);
                context.Refuse(_hello.Id, no);
                TurnedAway = CodeOf(no.Code);
            });
        return null;
    }

    /// <summary>A user with too many connections is refused before there is a session for another.</summary>
    private CloseCode? Attach(SessionId known)
    {
        if (MayEnter(known) is { } no)
        {
            return no;
        }

        session.Attach(known, isNew: !_resumes);
        return null;
    }

    private CloseCode? MayEnter(SessionId known)
    {
        if (context.EnterUser(known) is not { } refusal)
        {
            return null;
        }

        context.Refuse(_hello.Id, refusal);
        return CloseCode.SessionUnavailable;
    }

    /// <summary>The session has answered.</summary>
    /// <returns>Null, or why the connection is closed.</returns>
    public CloseCode? Attached(SessionReply reply)
    {
        switch (reply)
        {
            case SessionReply.Attached attached:
                session.Attached(attached);
                return MayHave(attached) ?? Take(attached);
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

    /// <returns>Whether everything was there and the welcome is out.</returns>
    public bool TryWelcome()
    {
        if (Subscriptions.AreJoining || _attached is null)
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
            Subscriptions = Subscriptions.Made,
            State = _attached.State,
        });
        Subscriptions.Welcomed();
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

    /// <returns>Null, or why the connection is closed.</returns>
    private CloseCode? Take(SessionReply.Attached attached)
    {
        context.Identity = attached.Identity;
        if (MayEnter(context.Session) is { } no)
        {
            return no;
        }

        _attached = attached;
        if (_resumes || attached.State.Count > 0)
        {
            context.CountAnonymous(attached.State);
        }

        Subscriptions.Begin(_hello, attached, _resumes);
        return null;
    }
}
