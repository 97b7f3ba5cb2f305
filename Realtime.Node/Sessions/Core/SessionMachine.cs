using Realtime.Cluster.Journal;
using Realtime.Cluster.Sharding;
using Realtime.Messages.Entities;
using Realtime.Messages.Errors;
using Realtime.Messages.Ids;
using Realtime.Messages.Exports;

namespace Realtime.Node.Sessions.Core;

/// <summary>
/// A session, as a pure machine: who it is, what it is subscribed to and how far it got, its state, and which connection stands for it.
/// </summary>
/// <remarks>
/// What is written when: the opening and the subscription set within <see cref="SessionPolicy.WriteBehind"/> (a client can re-create
/// them, and a store outage must not keep people out), state before its request is answered, acked positions when it has been detached
/// for the grace time, its end before <c>bye</c> is answered. A plain reconnect writes nothing.
/// </remarks>
public sealed class SessionMachine(SessionId id, SessionPolicy policy, NodeId self, ShardFence? fence = null)
{
    private readonly SessionContext _session = new(id, policy, self, fence);
    private List<ReplyTo>? _enders;
    private bool _leaving;
    private bool _handingOff;
    private bool _lost;
    private bool _deleteUnderWay;
    private bool _passivating;

    /// <summary>Nothing but operators has looked at it since it was loaded: it may leave memory as if it had not been loaded.</summary>
    private bool _isUntouched;

    public bool Exists => _session.Exists;

    public bool IsAttached => _session.Holder is not null;

    public SessionHolder? Holder => _session.Holder;

    public AttachNumber Attachment => _session.Attachment;

    public IReadOnlyList<SessionSubscription> Subscriptions => _session.Subscriptions.Items;

    /// <param name="now">Milliseconds since 1970.</param>
    public void Load(StoredSession? stored, long now)
    {
        if (stored is { Record: { } record })
        {
            _session.Load(record, stored.Revision, stored.ExpiresAt);
            _session.Note(SessionChange.Loaded, now, self);
            _isUntouched = true;
        }
    }

    /// <summary>Goes on where its predecessor on another node left off.</summary>
    /// <param name="now">Milliseconds since 1970.</param>
    public void Restore(ExportedSession export, long now, List<SessionEffect> effects)
    {
        SessionExports.Restore(_session, export, now, effects);
        if (_session is { Exists: true, IsWithdrawn: false, IsEnding: false })
        {
            // A channel may have lost its roster while this session was between its owners, where nobody could tell it to announce itself again.
            _session.Subscriptions.AnnounceAll(_session.User, effects);
        }

        Settle(false, now, effects);
    }

    /// <param name="now">Milliseconds since 1970.</param>
    public void Step(SessionInput input, long now, List<SessionEffect> effects)
    {
        _isUntouched &= input is not SessionInput.Asked { Request: not SessionRequest.Inspect };
        switch (input)
        {
            case SessionInput.Asked { Request: SessionRequest.Attach attach, From: var from }:
                SessionAttaching.Attach(_session, attach, from, now, effects);
                break;
            case SessionInput.Asked { Request: SessionRequest.Hold hold, From: var from }:
                SessionAttaching.Hold(_session, hold, from, now, effects);
                break;
            case SessionInput.Asked { Request: SessionRequest.Orphaned, From: var from }:
                SessionAttaching.Orphaned(_session, now, effects);
                SessionContext.Answer(from, new SessionReply.Done(), effects);
                break;
            case SessionInput.Asked { Request: SessionRequest.Probe probe, From: var from }:
                SessionPresence.Probe(_session, probe.Channel, now, effects);
                SessionContext.Answer(from, new SessionReply.Done(), effects);
                break;
            case SessionInput.Asked { Request: SessionRequest.Inspect inspect, From: var from }:
                SessionContext.Answer(from, SessionInspection.Answer(_session, inspect.Brief), effects);
                break;
            case SessionInput.Asked { Request: SessionRequest.Disconnect disconnect, From: var from }:
                Disconnect(disconnect, from, now, effects);
                break;
            case SessionInput.Asked { Request: SessionRequest.OfAttachment spoken, From: var from }:
                var reply = SessionAttaching.Judge(_session, spoken) ?? Handle(spoken, from, now, effects);
                if (reply is not null)
                {
                    SessionContext.Answer(from, reply, effects);
                }

                break;
            case SessionInput.Written written:
                Written(written.Outcome, now, effects);
                break;
            case SessionInput.TimerFired fired:
                Fired(fired.Timer, now, effects);
                return;
            case SessionInput.OwnersMoved moved:
                if (_session is { Exists: true, IsWithdrawn: false, IsEnding: false })
                {
                    _session.Subscriptions.AnnounceIn(moved.Change, _session.User, effects);
                }

                break;
            case SessionInput.HolderGone:
                SessionAttaching.HolderGone(_session, now, effects);
                break;
            case SessionInput.Leave:
                _leaving = true;
                _session.Touch(Exists && !_session.IsEnding);
                break;
            case SessionInput.HandOff:
                _handingOff = true;
                _session.State?.HandOver(effects);
                break;
            case SessionInput.Lost:
                _lost = true;
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(input), input, "is not for sessions");
        }

        Settle(false, now, effects);
    }

    /// <returns>Null when the answer comes later.</returns>
    private EntityReply? Handle(SessionRequest.OfAttachment request, ReplyTo from, long now, List<SessionEffect> effects)
    {
        var subscriptions = _session.Subscriptions;
        switch (request)
        {
            case SessionRequest.PutSubscription put:
                _session.Touch(subscriptions.Put(put.Subscription, _session.User, effects));
                break;
            case SessionRequest.RemoveSubscription remove:
                _session.Touch(subscriptions.Remove(remove.Channel, effects));
                break;
            case SessionRequest.UpdatePresence update when subscriptions.Find(update.Channel) is { } known:
                _session.Touch(subscriptions.Put(known with { Presence = update.Data }, _session.User, effects));
                break;
            case SessionRequest.UpdatePresence:
                return new EntityReply.Refused(ErrorCode.NotSubscribed, "not subscribed to this channel");
            case SessionRequest.SetState set:
                _session.State ??= new SessionState(policy);
                return _session.State.Stage(set, from);
            case SessionRequest.Ack ack:
                subscriptions.Acknowledge(ack.Positions);
                break;
            case SessionRequest.Refresh refresh when refresh.Identity.User == _session.User:
                _session.Touch(refresh.Identity != _session.Identity);
                _session.Identity = refresh.Identity;
                break;
            case SessionRequest.Refresh:
                return new EntityReply.Refused(ErrorCode.Forbidden, "the token is of another user");
            case SessionRequest.Detach detach:
                SessionDeparture.Detach(_session, detach, now, effects);
                break;
            case SessionRequest.End:
                End(from, effects);
                return null;
            default:
                throw new ArgumentOutOfRangeException(nameof(request), request, "is not for sessions");
        }

        return new SessionReply.Done();
    }

    /// <summary>Answered after the commit, as bye is, unless the session stays.</summary>
    private void Disconnect(SessionRequest.Disconnect request, ReplyTo from, long now, List<SessionEffect> effects)
    {
        if (!Exists || (request.Reconnect && _session.IsEnding))
        {
            SessionContext.Answer(from, new SessionReply.Unknown(), effects);
            return;
        }

        SessionDeparture.Disconnect(_session, request, now, effects);
        if (request.Reconnect)
        {
            SessionContext.Answer(from, new SessionReply.Done(), effects);
        }
        else
        {
            End(from, effects);
        }
    }

    private void End(ReplyTo from, List<SessionEffect> effects)
    {
        SessionDeparture.End(_session, effects);
        (_enders ??= []).Add(from);
    }

    private void Fired(SessionTimer timer, long now, List<SessionEffect> effects)
    {
        _session.Row.Fired(timer);
        if (timer is SessionTimer.Grace && _session.GraceEnds is not null && !IsAttached && Exists && !_session.IsEnding)
        {
            _session.GraceIsOver();
            _session.Note(SessionChange.Parked, now, self);
            _session.Subscriptions.WithdrawAll(effects);
            _session.IsWithdrawn = true;
            _session.ExpiresAt = now + (long)policy.TimeToLive.TotalMilliseconds;
            _session.Row.Touch();
        }

        Settle(_session.Row.IsDirty, now, effects);
    }

    private void Written(WriteOutcome outcome, long now, List<SessionEffect> effects)
    {
        _session.Row.Written(outcome, effects);
        if (outcome is WriteOutcome.Committed)
        {
            _session.State?.Commit(effects);
            if (_deleteUnderWay)
            {
                Gone(effects);
            }

            return;
        }

        _deleteUnderWay = false;
        _lost |= outcome is WriteOutcome.Fenced;
        var refusal = outcome is WriteOutcome.StorageFull
            ? new EntityReply.Refused(ErrorCode.StorageFull, "the store has no room", 30_000)
            : new EntityReply.Refused(
                ErrorCode.Unavailable, "the store does not answer", 2000, outcome is WriteOutcome.Unknown ? Outcome.Unknown : Outcome.None);
        _session.State?.Refuse(refusal, effects);
        var inDoubt = outcome is WriteOutcome.Conflict or WriteOutcome.Unknown;
        if (inDoubt || _lost || _handingOff)
        {
            AnswerEnders(refusal, effects);
        }

        if (inDoubt && !_lost)
        {
            // The row is not what this entity believes: what counts is in the store, so it loads again on its next message.
            _session.State?.RefuseStaged(refusal with { Outcome = Outcome.None }, effects);
            SessionDeparture.LetGo(_session, outcome, effects);
            Passivate(effects, orphaned: true);
        }
        else if (_handingOff && _session.IsEnding)
        {
            // Nobody waits for the end any more and nobody will come back: it goes on as a session that was left.
            _session.IsEnding = false;
            _session.IsWithdrawn = true;
            _session.IsReleased = true;
            _session.StartGrace(policy.Grace, now, effects);
        }
    }

    /// <summary>After every step: write now what somebody waits for, later what nobody does, and stop when all is done.</summary>
    private void Settle(bool timeIsUp, long now, List<SessionEffect> effects)
    {
        var row = _session.Row;
        if (_passivating)
        {
            return;
        }

        if (_lost || _handingOff)
        {
            Yield(now, effects);
            return;
        }

        var urgent = timeIsUp || (_session.State?.HasStaged ?? false) || _session.IsEnding || (_leaving && row.IsDirty);
        if (Exists && row.IsDue(urgent, effects))
        {
            Write(effects);
        }

        var kept = IsAttached || (_session.ExpiresAt is null && !_leaving && !_isUntouched);
        if (!Exists || (row.IsQuiet && !_session.IsEnding && (!kept || _leaving)))
        {
            Passivate(effects);
        }
    }

    /// <summary>Another node has the shard, or is to have it: only the write under way is waited for, and an end that somebody waits for is tried once.</summary>
    private void Yield(long now, List<SessionEffect> effects)
    {
        if (_lost)
        {
            var refusal = new EntityReply.Refused(ErrorCode.Unavailable, "the session has moved to another node", 1000);
            _session.State?.RefuseStaged(refusal, effects);
            if (!_session.Row.IsWriting)
            {
                AnswerEnders(refusal, effects);
                Passivate(effects);
            }
        }
        else if (_session.Row.IsWriting)
        {
            return;
        }
        else if (_session.IsEnding)
        {
            Write(effects);
        }
        else if (!Exists || (_session.Row.IsQuiet && _session.ExpiresAt is not null))
        {
            Passivate(effects);
        }
        else
        {
            _passivating = true;
            effects.Add(new SessionEffect.Export(SessionExports.Of(_session, now)));
        }
    }

    private void Write(List<SessionEffect> effects)
    {
        var row = _session.Row;
        if (_session.IsEnding)
        {
            if (row.Revision == 0)
            {
                Gone(effects);
                return;
            }

            _deleteUnderWay = true;
            row.Begin();
            effects.Add(new SessionEffect.Write(new SessionWrite(id, row.Revision, null, null) { Fence = fence }));
            return;
        }

        var record = SessionRecords.Of(Attachment, _session.Identity, Subscriptions);
        _session.State?.WriteTo(record);
        row.Begin();
        effects.Add(new SessionEffect.Write(new SessionWrite(id, row.Revision, record, _session.ExpiresAt) { Fence = fence }));
    }

    private void Gone(List<SessionEffect> effects)
    {
        AnswerEnders(new SessionReply.Done(), effects);
        _session.State?.RefuseStaged(new EntityReply.Refused(ErrorCode.Unavailable, "the session has ended"), effects);
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

    private void AnswerEnders(EntityReply reply, List<SessionEffect> effects)
    {
        foreach (var ender in _enders ?? [])
        {
            SessionContext.Answer(ender, reply, effects);
        }

        _enders = null;
    }
}
