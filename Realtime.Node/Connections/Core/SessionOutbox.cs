using Realtime.Messages.Errors;
using Realtime.Messages.Frames;
using Realtime.Messages.Ids;
using Realtime.Messages.Sessions;

namespace Realtime.Node.Connections.Core;

/// <summary>
/// A connection's side of its session: attaches, sends requests until they are answered, and attaches again when the session's actor does
/// not know the connection any more.
/// </summary>
/// <remarks>
/// All that is unanswered is sent again together, in its order: a single repeat would undo what was sent after it. For the same reason the
/// answer to a later change of a state key also settles the earlier ones. A subscription is sent as it is now, not as it was.
/// </remarks>
internal sealed class SessionOutbox(ConnectionContext context)
{
    /// <summary>
    /// After so long without an answer the client is to resume elsewhere, milliseconds. Longer than it takes to replace a node that died.
    /// </summary>
    public const long Patience = 60_000;

    private readonly List<(long Tag, ChannelName Channel)> _subscriptions = [];
    private readonly List<SessionCall> _calls = [];
    private SessionRequest.Attach? _attach;
    private long _due = long.MaxValue;
    private long _waitsSince;
    private int _repeats;

    public SessionState State { get; private set; } = SessionState.None;

    /// <summary>Requests of the client without an answer.</summary>
    public int CallCount => _calls.Count;

    /// <summary>When a <see cref="Sweep"/> has something to do, monotonic milliseconds.</summary>
    public long Due => IsWaiting ? _due : long.MaxValue;

    private bool IsWaiting =>
        State is SessionState.Attaching or SessionState.Reattaching
        || (State is SessionState.Attached && _calls.Count + _subscriptions.Count > 0);

    /// <summary>Asks to hold a session.</summary>
    public void Attach(SessionId session, bool isNew)
    {
        context.Session = session;
        State = SessionState.Attaching;
        _repeats = 0;
        _waitsSince = context.Now.Ticks;
        _attach = new SessionRequest.Attach(session, context.NextTag(), context.Setup.Node, context.Id)
        {
            IsNew = isNew,
            Attempt = context.Attempt,
            Identity = context.Identity,
        };
        SendAttach();
    }

    /// <summary>Whether this is the answer to <see cref="Attach"/> that is waited for; it may come twice.</summary>
    public bool AnswersAttach(SessionReply reply) =>
        State is SessionState.Attaching && reply.Tag == _attach!.Tag && reply is not SessionReply.Retry;

    /// <summary>The session took the connection.</summary>
    public void Attached(SessionReply.Attached attached)
    {
        State = SessionState.Attached;
        context.Attachment = attached.Attachment;
        SendAll();
    }

    /// <summary>The session is to know this subscription as it is now, or that there is none.</summary>
    public void Store(ChannelName channel)
    {
        if (State is not (SessionState.Attached or SessionState.Reattaching))
        {
            return;
        }

        BeginWaiting();
        _subscriptions.RemoveAll(waiting => waiting.Channel == channel);
        _subscriptions.Add((context.NextTag(), channel));
        if (State is SessionState.Attached)
        {
            SendSubscription(_subscriptions[^1]);
        }
    }

    /// <summary>Sends a request whose answer goes to the client.</summary>
    public void Call(SessionCall call)
    {
        BeginWaiting();
        _calls.Add(call);
        if (State is SessionState.Attached)
        {
            Send(call);
        }
    }

    /// <summary>Positions are not repeated: the next ones say more, and attaching again brings them.</summary>
    public void Acknowledge(IReadOnlyList<ChannelPosition> positions)
    {
        foreach (var (channel, position) in positions)
        {
            if (context.Subscriptions.Find(channel) is { Position: { } known } subscription
                && (position.Epoch != known.Epoch || position.Offset > known.Offset))
            {
                subscription.Position = position;
            }
        }

        if (State is SessionState.Attached)
        {
            context.ToSession(new SessionRequest.Acknowledge(context.Session, 0, positions));
        }
    }

    /// <summary>The session's actor stops.</summary>
    public void Moved()
    {
        if (State is SessionState.Attached)
        {
            AttachAgain();
        }
    }

    /// <returns>Null, or why the connection is closed.</returns>
    public CloseCode? Replied(SessionReply reply)
    {
        switch (reply)
        {
            case SessionReply.Superseded:
                return CloseCode.Superseded;
            case SessionReply.NotAttached:
                GiveBack(reply.Tag);
                Moved();
                return null;
            case SessionReply.Retry:
                GiveBack(reply.Tag);
                _due = Math.Min(_due, context.Now.Ticks + RepeatDelay.First);
                return null;
            case SessionReply.Attached or SessionReply.Refused or SessionReply.Unknown when reply.Tag == _attach?.Tag:
                return AttachedAgain(reply);
            case SessionReply.Unknown:
                Settle(reply);
                State = SessionState.Over;
                return CloseCode.SessionUnavailable;
            default:
                Settle(reply);
                return null;
        }
    }

    /// <summary>What is unanswered may have been lost with a node.</summary>
    public void RepeatSoon() => (_repeats, _due) = (0, Math.Min(_due, context.Now.Ticks + RepeatDelay.First));

    /// <returns>Null, or why the connection is closed.</returns>
    public CloseCode? Sweep()
    {
        var now = context.Now.Ticks;
        while (_calls.Count > 0 && now - _calls[0].Since > ConnectionMachine.RequestTimeout)
        {
            var late = _calls[0];
            _calls.RemoveAt(0);
            Count(late, null);
            context.TimeOut(late.ClientId);
        }

        if (!IsWaiting || now < _due)
        {
            return null;
        }

        if (now - _waitsSince >= Patience)
        {
            return CloseCode.SessionUnavailable;
        }

        _repeats++;
        if (State is SessionState.Attached)
        {
            SendAll();
        }
        else
        {
            SendAttach();
        }

        return null;
    }

    /// <summary>What the session is to receive from a connection that is over; null: nothing.</summary>
    public SessionRequest.Detach? Detach(CloseCode? why) =>
        State is SessionState.None or SessionState.Over
            ? null
            : new SessionRequest.Detach(context.Session, 0, why, context.Attachment);

    private CloseCode? AttachedAgain(SessionReply reply)
    {
        switch (reply)
        {
            case SessionReply.Attached attached when State is SessionState.Reattaching:
                _repeats = 0;
                Attached(attached);
                return null;
            case SessionReply.Unknown when State is SessionState.Reattaching:
                State = SessionState.Over;
                return CloseCode.SessionUnavailable;
            case SessionReply.Refused refused when State is SessionState.Reattaching:
                // Connections have numbers in a row: those that were refused together do not come back together.
                var pause = Math.Max(refused.RetryAfter ?? 0, RepeatDelay.After(_repeats, RepeatDelay.FirstOfAttach));
                _due = context.Now.Ticks + pause + (context.Id.Value % 512);
                return null;
            default:
                return null;
        }
    }

    private void AttachAgain()
    {
        State = SessionState.Reattaching;
        _repeats = 0;
        _waitsSince = context.Now.Ticks;
        _attach = new SessionRequest.Attach(context.Session, context.NextTag(), context.Setup.Node, context.Id);
        SendAttach();
    }

    private void SendAttach()
    {
        _due = context.Now.Ticks + RepeatDelay.After(_repeats, RepeatDelay.FirstOfAttach);
        context.ToSession(State is SessionState.Attaching ? _attach! : _attach! with
        {
            Held = new HeldSession(
                context.Attachment,
                [.. context.Subscriptions.Where(known => known.IsInSession).Select(known => known.ForSession())]),
            Identity = context.Identity,
            Attempt = context.Attempt,
        });
    }

    private void SendAll()
    {
        _due = context.Now.Ticks + RepeatDelay.After(_repeats);
        _subscriptions.ForEach(SendSubscription);
        _calls.ForEach(Send);
    }

    private void Send(SessionCall call)
    {
        call.Copies++;
        context.ToSession(call.Request);
    }

    private void SendSubscription((long Tag, ChannelName Channel) waiting) => context.ToSession(
        context.Subscriptions.Find(waiting.Channel) is { IsInSession: true } known
            ? new SessionRequest.PutSubscription(context.Session, waiting.Tag, known.ForSession())
            : new SessionRequest.RemoveSubscription(context.Session, waiting.Tag, waiting.Channel));

    private void BeginWaiting()
    {
        if (!IsWaiting)
        {
            _repeats = 0;
            _waitsSince = context.Now.Ticks;
            _due = context.Now.Ticks + RepeatDelay.First;
        }
    }

    /// <summary>The session has not done what this copy of a request asked for.</summary>
    private void GiveBack(long tag)
    {
        if (_calls.Find(call => call.Tag == tag) is { } call)
        {
            call.Copies--;
        }
    }

    private void Settle(SessionReply reply)
    {
        _repeats = 0;
        _waitsSince = context.Now.Ticks;
        _due = context.Now.Ticks + RepeatDelay.First;
        if (reply is not SessionReply.Refused)
        {
            _subscriptions.RemoveAll(waiting => waiting.Tag == reply.Tag);
        }

        var index = _calls.FindIndex(call => call.Tag == reply.Tag);
        if (index < 0)
        {
            return;
        }

        var answered = _calls[index];
        if (reply is SessionReply.Done && answered.Key is { } key)
        {
            foreach (var earlier in _calls.Take(index).Where(call => call.Key == key).ToList())
            {
                _calls.Remove(earlier);
                Answer(earlier, reply);
            }
        }

        _calls.Remove(answered);
        Answer(answered, reply is SessionReply.Refused refused && answered.Copies > 1 ? refused with { Outcome = Outcome.Unknown } : reply);
    }

    private void Answer(SessionCall call, SessionReply reply)
    {
        Count(call, reply);
        if (reply is SessionReply.Done && call.Request is SessionRequest.End)
        {
            State = SessionState.Over;
        }

        if (call.ClientId == 0)
        {
            return;
        }

        switch (reply)
        {
            case SessionReply.Done when call.Request is SessionRequest.Refresh refresh:
                context.ToClient(new ServerFrame.RefreshReply(call.ClientId, refresh.Identity.Expires) { ExpiresIn = context.Left(refresh.Identity) });
                break;
            case SessionReply.Done:
                context.ToClient(new ServerFrame.Done(call.ClientId));
                break;
            case SessionReply.Refused refused:
                context.Refuse(call.ClientId, refused.Code, refused.Message, refused.RetryAfter, refused.Outcome);
                break;
            default:
                context.Refuse(call.ClientId, ErrorCode.Unavailable, "the session has ended", 1000);
                break;
        }
    }

    /// <param name="reply">Null: none came in time.</param>
    private void Count(SessionCall call, SessionReply? reply)
    {
        if (context.Anonymous is not { } counted)
        {
            return;
        }

        if (call.Key is { } key)
        {
            counted.Answered(key, call.Bytes, reply switch
            {
                SessionReply.Done => true,
                null or SessionReply.Refused { Outcome: Outcome.Unknown } => null,
                _ => false,
            });
        }
        else if (call.Request is SessionRequest.End && reply is not SessionReply.Done)
        {
            counted.IsEnding = false;
        }
    }
}
