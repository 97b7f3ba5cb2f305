using Realtime.Cluster.Journal;
using Realtime.Cluster.Sharding;
using Realtime.Messages.Entities;
using Realtime.Messages.Errors;
using Realtime.Messages.Ids;

namespace Realtime.Node.Sessions.Core;

/// <summary>
/// A session, as a pure machine: who it is, what it is subscribed to and how far it got, its state, and which connection stands for it.
/// </summary>
/// <remarks>
/// What is written when: the opening and the subscription set within <see cref="SessionPolicy.WriteBehind"/> (a client can re-create
/// them, and a store outage must not keep people out), state before its request is answered, acked positions when it has been detached
/// for the grace time, its end before <c>bye</c> is answered. A plain reconnect writes nothing.
/// </remarks>
public sealed class SessionMachine(SessionId id, SessionPolicy policy)
{
    private readonly SubscriptionSet _subscriptions = new(id);
    private readonly WriteBehind _row = new(policy);
    private SessionState? _state;
    private SessionIdentity? _identity;
    private (NodeId Node, ConnectionId Connection)? _holder;
    private List<ReplyTo>? _enders;
    private long? _expiresAt;
    private bool _exists;
    private bool _withdrawn;
    private bool _leaving;
    private bool _ending;
    private bool _deleteUnderWay;
    private bool _passivating;

    public bool Exists => _exists;

    public bool IsAttached => _holder is not null;

    public AttachNumber Attachment { get; private set; }

    public IReadOnlyList<SessionSubscription> Subscriptions => _subscriptions.Items;

    public void Load(StoredSession? stored)
    {
        if (stored is not { Record: { } record })
        {
            return;
        }

        _exists = true;
        _withdrawn = true;
        _row.Load(stored.Revision);
        _expiresAt = stored.ExpiresAt;
        Attachment = new AttachNumber(record.Attach);
        _identity = SessionRecords.IdentityOf(record);
        _subscriptions.Load(record.Subscriptions.Select(SessionRecords.FromRecord));
        if (record.State.Count > 0)
        {
            _state = new SessionState(policy);
            _state.Load(record);
        }
    }

    /// <param name="now">Milliseconds since 1970.</param>
    public void Step(SessionInput input, long now, List<SessionEffect> effects)
    {
        switch (input)
        {
            case SessionInput.Asked { Request: SessionRequest.Attach attach, From: var from }:
                Attach(attach, from, now, effects);
                break;
            case SessionInput.Asked { Request: SessionRequest.Orphaned }:
                Orphaned(effects);
                break;
            case SessionInput.Asked { Request: SessionRequest.OfAttachment spoken } asked when spoken.Attachment != Attachment || !IsAttached:
                Answer(asked.From, new SessionReply.Stale(), effects);
                break;
            case SessionInput.Asked asked:
                Handle(asked.Request, asked.From, effects);
                break;
            case SessionInput.Written written:
                Written(written.Outcome, effects);
                break;
            case SessionInput.TimerFired fired:
                Fired(fired.Timer, now, effects);
                return;
            case SessionInput.Leave:
                _leaving = true;
                if (_exists && !_ending)
                {
                    _row.Touch();
                }

                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(input), input, "is not for sessions");
        }

        Settle(false, effects);
    }

    private void Attach(SessionRequest.Attach request, ReplyTo from, long now, List<SessionEffect> effects)
    {
        var otherUser = _exists && request.Identity?.User != _identity?.User && (request.Identity is not null || request.Create);
        if (_ending || otherUser || (!_exists && !request.Create))
        {
            Answer(from, new SessionReply.Unknown(), effects);
            return;
        }

        if (_exists && request.Identity is null && _identity?.Expires is { } expires && expires <= now)
        {
            Answer(from, new EntityReply.Refused(ErrorCode.TokenExpired, "the token of this session is over; bring a new one"), effects);
            return;
        }

        if (_holder is { } older)
        {
            effects.Add(new SessionEffect.TellNode(older.Node, new SessionNews.Dismissed(older.Connection, CloseCode.Superseded)));
        }

        if (!_exists || _expiresAt is not null || (request.Identity is not null && request.Identity != _identity))
        {
            _exists = true;
            _expiresAt = null;
            _row.Touch();
        }

        _identity = request.Identity ?? _identity;
        Attachment = Attachment.Next;
        _holder = (request.Node, request.Connection);
        effects.Add(new SessionEffect.StopTimer(SessionTimer.Grace));
        if (_withdrawn)
        {
            _withdrawn = false;
            _subscriptions.AnnounceAll(_identity?.User, effects);
        }

        Answer(from, new SessionReply.Attached(Attachment, _identity?.User, _identity?.Expires)
        {
            Subscriptions = _subscriptions.Items,
            State = _state?.Committed ?? [],
        }, effects);
    }

    /// <summary>It may come back within the grace time, so the others go on seeing it until then.</summary>
    private void Orphaned(List<SessionEffect> effects)
    {
        if (_exists && !IsAttached && _expiresAt is null)
        {
            _withdrawn = false;
            _subscriptions.AnnounceAll(_identity?.User, effects);
            effects.Add(new SessionEffect.StartTimer(SessionTimer.Grace, policy.OrphanGrace));
        }
    }

    private void Handle(SessionRequest request, ReplyTo from, List<SessionEffect> effects)
    {
        EntityReply? reply = new SessionReply.Done();
        switch (request)
        {
            case SessionRequest.PutSubscription put:
                Touch(_subscriptions.Put(put.Subscription, _identity?.User, effects));
                break;
            case SessionRequest.RemoveSubscription remove:
                Touch(_subscriptions.Remove(remove.Channel, effects));
                break;
            case SessionRequest.UpdatePresence update when _subscriptions.Find(update.Channel) is { } known:
                Touch(_subscriptions.Put(known with { Presence = update.Data }, _identity?.User, effects));
                break;
            case SessionRequest.UpdatePresence:
                reply = new EntityReply.Refused(ErrorCode.NotSubscribed, "not subscribed to this channel");
                break;
            case SessionRequest.SetState set:
                _state ??= new SessionState(policy);
                reply = _state.Stage(set.Key, set.Value, from);
                break;
            case SessionRequest.Ack ack:
                _subscriptions.Acknowledge(ack.Positions);
                break;
            case SessionRequest.Refresh refresh when refresh.Identity.User == _identity?.User:
                Touch(refresh.Identity != _identity);
                _identity = refresh.Identity;
                break;
            case SessionRequest.Refresh:
                reply = new EntityReply.Refused(ErrorCode.Forbidden, "the token is of another user");
                break;
            case SessionRequest.Detach:
                _holder = null;
                effects.Add(new SessionEffect.StartTimer(SessionTimer.Grace, policy.Grace));
                break;
            case SessionRequest.End:
                _holder = null;
                _ending = true;
                (_enders ??= []).Add(from);
                _subscriptions.WithdrawAll(effects);
                reply = null;
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(request), request, "is not for sessions");
        }

        if (reply is not null)
        {
            Answer(from, reply, effects);
        }
    }

    private void Fired(SessionTimer timer, long now, List<SessionEffect> effects)
    {
        _row.Fired(timer);
        if (timer is SessionTimer.Grace && !IsAttached && _exists && !_ending)
        {
            _subscriptions.WithdrawAll(effects);
            _withdrawn = true;
            _expiresAt = now + (long)policy.TimeToLive.TotalMilliseconds;
            _row.Touch();
        }

        Settle(_row.IsDirty, effects);
    }

    private void Written(WriteOutcome outcome, List<SessionEffect> effects)
    {
        _row.Written(outcome, effects);
        if (outcome is WriteOutcome.Committed)
        {
            _state?.Commit(effects);
            if (_deleteUnderWay)
            {
                Gone(effects);
            }

            return;
        }

        _deleteUnderWay = false;
        var refusal = outcome is WriteOutcome.StorageFull
            ? new EntityReply.Refused(ErrorCode.StorageFull, "the store has no room", 30_000)
            : new EntityReply.Refused(
                ErrorCode.Unavailable, "the store does not answer", 2000, outcome is WriteOutcome.Unknown ? Outcome.Unknown : Outcome.None);
        _state?.Refuse(refusal, effects);
        if (outcome is WriteOutcome.Conflict or WriteOutcome.Unknown)
        {
            // The row is not what this entity believes: what counts is in the store, so it loads again on its next message.
            AnswerEnders(refusal, effects);
            _state?.RefuseStaged(refusal with { Outcome = Outcome.None }, effects);
            LetGo(outcome, effects);
            Passivate(effects, orphaned: true);
        }
    }

    /// <summary>After every step: write now what somebody waits for, later what nobody does, and stop when all is done.</summary>
    private void Settle(bool timeIsUp, List<SessionEffect> effects)
    {
        if (_passivating)
        {
            return;
        }

        var urgent = timeIsUp || (_state?.HasStaged ?? false) || _ending || (_leaving && _row.IsDirty);
        if (_exists && _row.IsDue(urgent, effects))
        {
            Write(effects);
        }

        var kept = IsAttached || (_expiresAt is null && !_leaving);
        if (!_exists || (_row.IsQuiet && !_ending && (!kept || _leaving)))
        {
            Passivate(effects);
        }
    }

    private void Write(List<SessionEffect> effects)
    {
        if (_ending)
        {
            if (_row.Revision == 0)
            {
                Gone(effects);
                return;
            }

            _deleteUnderWay = true;
            _row.Begin();
            effects.Add(new SessionEffect.Write(new SessionWrite(id, _row.Revision, null, null)));
            return;
        }

        var record = SessionRecords.Of(Attachment, _identity, _subscriptions.Items);
        _state?.WriteTo(record);
        _row.Begin();
        effects.Add(new SessionEffect.Write(new SessionWrite(id, _row.Revision, record, _expiresAt)));
    }

    /// <summary>
    /// The entity that loads next knows neither the connection nor what others were told. The connection comes back and attaches; presence
    /// stays for its grace time if there is a row to find it in, and goes now if there may be none: nobody would take it back later.
    /// </summary>
    private void LetGo(WriteOutcome outcome, List<SessionEffect> effects)
    {
        if (_holder is { } holder)
        {
            effects.Add(new SessionEffect.TellNode(holder.Node, new SessionNews.Dismissed(holder.Connection, CloseCode.SessionUnavailable)));
            _holder = null;
        }

        if (!_withdrawn && !_ending && (_row.Revision == 0 || outcome is WriteOutcome.Conflict))
        {
            _subscriptions.WithdrawAll(effects);
        }
    }

    private void Gone(List<SessionEffect> effects)
    {
        AnswerEnders(new SessionReply.Done(), effects);
        _state?.RefuseStaged(new EntityReply.Refused(ErrorCode.Unavailable, "the session has ended"), effects);
        Passivate(effects);
    }

    private void Passivate(List<SessionEffect> effects, bool orphaned = false)
    {
        if (!_passivating)
        {
            _passivating = true;
            effects.Add(new SessionEffect.Passivate(orphaned));
        }
    }

    private void Touch(bool changed)
    {
        if (changed)
        {
            _row.Touch();
        }
    }

    private void AnswerEnders(EntityReply reply, List<SessionEffect> effects)
    {
        foreach (var ender in _enders ?? [])
        {
            Answer(ender, reply, effects);
        }

        _enders = null;
    }

    private static void Answer(ReplyTo to, EntityReply reply, List<SessionEffect> effects)
    {
        if (!to.IsNobody)
        {
            effects.Add(new SessionEffect.Reply(to, reply));
        }
    }
}
