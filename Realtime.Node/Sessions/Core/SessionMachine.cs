using Akka.Actor;
using Realtime.Messages.Channels;
using Realtime.Messages.Entities;
using Realtime.Messages.Errors;
using Realtime.Messages.Ids;
using Realtime.Messages.Sessions;
using Realtime.Node.Persistence.Events;

namespace Realtime.Node.Sessions.Core;

/// <summary>
/// A session, as a pure machine: who it is, what it is subscribed to and how far it got, its state, and which connection holds it.
/// </summary>
/// <remarks>
/// What is written when: the opening and the subscriptions within <see cref="SessionPolicy.WriteBehind"/> (a client can re-create them, and
/// a store outage must not keep people out), state before its request is answered, acknowledged positions when the session has been
/// detached for the grace time or its actor hands off, its end before <c>bye</c> is answered. A plain reconnect writes nothing; one after
/// the grace time says in the record that its presence counts again.
/// </remarks>
public sealed class SessionMachine
{
    private readonly SessionPolicy _policy;
    private readonly SessionLife _life;
    private readonly RecordWriter _writer;
    private readonly SessionRequests _requests;
    private JournalEvent? _underWay;
    private List<SessionInput.Asked>? _waiting;

    /// <param name="self">The node that owns it, for its history.</param>
    /// <param name="reports">Whether the application wants to learn of sessions.</param>
    public SessionMachine(SessionId id, SessionPolicy policy, NodeId self, bool reports = false)
    {
        _policy = policy;
        _life = new SessionLife(id, policy, self, reports);
        _writer = new RecordWriter(policy);
        _requests = new SessionRequests(_life, _writer);
    }

    public SessionStage Stage => _life.Stage;

    public ActorPhase Actor { get; private set; }

    public LogPhase Log => _writer.Phase;

    public SessionHolder? Holder => _life.Holder;

    public Attachment Attachment => _life.Data.Attachment;

    public IReadOnlyList<SessionSubscription> Subscriptions => _life.Data.Subscriptions.Items;

    /// <summary>Something is on its way to the outbox.</summary>
    public bool IsReporting => !_life.Reports.IsIdle;

    /// <summary>When <see cref="SessionInput.Tick"/> is wanted, milliseconds since 1970; null: nothing waits for time.</summary>
    public long? NextTick(long now)
    {
        if (Actor is not ActorPhase.Running)
        {
            return null;
        }

        var next = long.MaxValue;
        void At(long? at) => next = at is { } time && time < next ? time : next;

        At(_life.GraceEnds);
        At(_life.Withdrawals?.NextAt);
        At(_life.Reports.Due);
        At(Stage is SessionStage.Attached && _life.Changes?.NextAt is { } said && said > now ? said : null);
        At(_writer.WriteAt is { } write && write > now ? write : null);
        At(_writer.PausedUntil is { } paused && paused > now ? paused : null);
        At(_writer is { IsUsable: true, IsDirty: false } && _writer.LingersUntil > now ? _writer.LingersUntil : null);
        At(TouchAt is { } touch && touch > now ? touch : null);
        return next == long.MaxValue ? null : next;
    }

    /// <summary>While it is held its record must not grow as old as one that expires.</summary>
    private long? TouchAt => Stage is SessionStage.Attached && !_writer.IsDirty && _life.Data.TouchedAt > 0
        ? _life.Data.TouchedAt + (long)_policy.TouchEvery.TotalMilliseconds
        : null;

    /// <param name="now">Milliseconds since 1970.</param>
    public void Step(SessionInput input, long now, List<SessionEffect> effects)
    {
        switch (input)
        {
            case SessionInput.Asked asked:
                Receive(asked, now, effects);
                break;
            case SessionInput.ConnectionStopped stopped when Holder is { } holder && holder.Connection.Equals(stopped.Connection):
                _life.Lose(now);
                _writer.HasNewPositions = true;
                break;
            case SessionInput.ChannelAnswered answered:
                _life.OnReply(answered.Reply);
                break;
            case SessionInput.Reported reported:
                _life.Reports.Written(reported.Tag);
                break;
            case SessionInput.LogRecovered recovered:
                OnRecovered(recovered, now, effects);
                break;
            case SessionInput.LogCommitted:
                _writer.OnCommitted(now);
                OnCommitted(now, effects);
                break;
            case SessionInput.LogUnavailable unavailable:
                OnUnavailable(unavailable, now, effects);
                break;
            case SessionInput.LogClosed:
                _writer.OnClosed();
                break;
            case SessionInput.LogFenced:
                // The other owner answers; what is unanswered here is sent again.
                Stop(effects);
                return;
            case SessionInput.HandOff when Actor is not ActorPhase.Stopped:
                Actor = ActorPhase.HandingOff;
                break;
        }

        Settle(now, effects);
    }

    private void Receive(SessionInput.Asked asked, long now, List<SessionEffect> effects)
    {
        if (Actor is ActorPhase.HandingOff && asked.Request is SessionRequest.Detach && Holder?.Connection.Equals(asked.From) is true)
        {
            // Said once and by a connection that is gone: the successor hears of the grace time.
            _requests.Handle(asked, now, effects);
        }
        else if (Actor is not ActorPhase.Running)
        {
            SessionRequests.Answer(asked, new SessionReply.Retry(asked.Request.Tag), effects);
        }
        else if (Stage is not SessionStage.Loading)
        {
            _requests.Handle(asked, now, effects);
        }
        else if (_writer.Phase is LogPhase.Closed && asked.Request is SessionRequest.Attach { IsNew: true })
        {
            _life.Begin();
            _writer.IsNew = true;
            _requests.Handle(asked, now, effects);
        }
        else if (_writer.Phase is LogPhase.Unavailable && GraceOf(asked.Request, now) is null)
        {
            SessionRequests.Answer(asked, _requests.Unavailable(asked.Request.Tag, now), effects);
        }
        else
        {
            (_waiting ??= []).Add(asked);
        }
    }

    private void OnRecovered(SessionInput.LogRecovered recovered, long now, List<SessionEffect> effects)
    {
        _writer.OnRecovered(recovered.IsWritten, now);
        if (Stage is SessionStage.Loading)
        {
            _life.Load(recovered.Record, recovered.HasEnded, now);
        }
        else if (recovered.Record is { } record)
        {
            _life.Data.LoadCommitted(record);
            _life.Committed(record, now, effects);
        }

        if (_underWay is not null && recovered.WasCommitted)
        {
            OnCommitted(now, effects);
        }
        else
        {
            OnNotWritten(now, effects);
        }

        if (recovered.HasEnded && Stage is not SessionStage.Ended)
        {
            _life.EndedElsewhere(now, effects);
            _requests.Finish(effects);
        }

        var waiting = _waiting;
        _waiting = null;
        foreach (var asked in waiting ?? [])
        {
            Receive(asked, now, effects);
        }
    }

    private void OnCommitted(long now, List<SessionEffect> effects)
    {
        if (_underWay is JournalEvent.SessionSaved saved)
        {
            _life.Data.Commit(saved.Record.Touched, effects);
            _life.Committed(saved.Record, now, effects);
        }
        else if (_underWay is JournalEvent.Ended)
        {
            _requests.Finish(effects);
        }

        _underWay = null;
    }

    private void OnNotWritten(long now, List<SessionEffect> effects)
    {
        if (_underWay is not null)
        {
            _life.Data.State?.RefuseUnderWay(_requests.Unavailable(0, now), effects);
            _writer.Touch(_underWay is JournalEvent.SessionSaved, now - (long)_policy.WriteBehind.TotalMilliseconds);
            _underWay = null;
        }
    }

    private void OnUnavailable(SessionInput.LogUnavailable trouble, long now, List<SessionEffect> effects)
    {
        _writer.OnUnavailable(trouble, now);
        _requests.Trouble = trouble;
        if (trouble.NothingWritten)
        {
            OnNotWritten(now, effects);
        }
        else if (trouble.IsFinal)
        {
            RefuseUnderWay(now, effects);
            _underWay = null;
        }

        _life.Data.State?.RefuseStaged(_requests.Unavailable(0, now), effects);
        var waiting = _waiting;
        _waiting = null;
        foreach (var asked in waiting ?? [])
        {
            if (GraceOf(asked.Request, now) is not null)
            {
                (_waiting ??= []).Add(asked);
            }
            else
            {
                SessionRequests.Answer(asked, _requests.Unavailable(asked.Request.Tag, now), effects);
            }
        }

        if (Stage is SessionStage.Loading && waiting is null)
        {
            _writer.Close(effects);
        }
    }

    /// <summary>After every step: write what is due, let go of what is not needed, and stop when all is done.</summary>
    private void Settle(long now, List<SessionEffect> effects)
    {
        if (Actor is ActorPhase.HandingOff)
        {
            HandOff(now, effects);
            return;
        }

        if (Actor is not ActorPhase.Running)
        {
            return;
        }

        if (_life.GraceEnds <= now)
        {
            _life.Park(now);
            _writer.Touch(true, now - (long)_policy.WriteBehind.TotalMilliseconds);
        }

        _requests.SettleReports(now, effects);
        _writer.Touch(TouchAt <= now, now - (long)_policy.WriteBehind.TotalMilliseconds);
        _life.SendWithdrawals(now, effects);
        _life.SendChanges(now, effects);
        var isDue = EndIsDue || _life.Data.HasStaged || (_life.Exists && _writer.WriteAt <= now);
        if (isDue)
        {
            if (_writer.PausedUntil is not { } paused || paused <= now)
            {
                Write(now, effects);
            }
        }
        else if (Stage is SessionStage.Loading && _waiting is not null)
        {
            _writer.Start(effects);
        }
        else if (Stage is not SessionStage.Loading && IsLogIdle(now))
        {
            _writer.Close(effects);
        }

        if (IsIdle)
        {
            Actor = ActorPhase.Passivating;
            effects.Add(new SessionEffect.Passivate());
        }
    }

    private bool EndIsDue => Stage is SessionStage.Ending && _life.Reports.WantsEnd;

    private bool IsLogIdle(long now) => Stage switch
    {
        SessionStage.Attached or SessionStage.Detached => !_writer.IsDirty && _writer.IsUsable && _writer.LingersUntil <= now,
        SessionStage.Absent or SessionStage.Ended => true,
        SessionStage.Ending => _writer.IsUsable && _writer.LingersUntil <= now,
        _ => !_writer.IsDirty,
    };

    /// <summary>Nothing is left in memory that is not in the log, and nothing waits for an answer.</summary>
    private bool IsIdle => _writer.Phase is LogPhase.Closed && _life.Withdrawals is null && _life.Reports.IsIdle && _waiting is null
        && Stage is SessionStage.Loading or SessionStage.Absent or SessionStage.Recovered or SessionStage.Parked or SessionStage.Ended
        && (!_writer.IsDirty || !_life.Exists);

    private void Write(long now, List<SessionEffect> effects)
    {
        if (!_writer.IsUsable)
        {
            _writer.Start(effects);
            return;
        }

        _underWay = Stage is SessionStage.Ending && _life.Reports.WantsLast ? new JournalEvent.Ended(now) : new JournalEvent.SessionSaved(_life.ToRecord(now));
        _writer.Append(new SessionEffect.Append(_underWay), effects);
    }

    /// <summary>
    /// Another node is to own the shard. What memory says more than the log is written once; what cannot be is refused. The successor
    /// starts
    /// with the next message: a grace time, or withdrawals that are not answered, are its first.
    /// </summary>
    private void HandOff(long now, List<SessionEffect> effects)
    {
        var wantsWrite = EndIsDue || _life.Data.HasStaged
            || (_life.Exists && (_writer.IsDirty || _writer.HasNewPositions));
        if (_writer.Phase is LogPhase.Writing || (wantsWrite && _writer.Phase is LogPhase.Starting or LogPhase.Closing))
        {
            return;
        }

        if (wantsWrite && _writer.Phase is LogPhase.Usable or LogPhase.Closed)
        {
            Write(now, effects);
            return;
        }

        if (_writer.Phase is LogPhase.Unavailable)
        {
            _life.Data.State?.RefuseStaged(_requests.Unavailable(0, now), effects);
            RefuseUnderWay(now, effects);
        }

        foreach (var asked in _waiting ?? [])
        {
            if (GraceOf(asked.Request, now) is { } grace)
            {
                effects.Add(new SessionEffect.TellSuccessor(grace));
            }
            else
            {
                SessionRequests.Answer(asked, new SessionReply.Retry(asked.Request.Tag), effects);
            }
        }

        _waiting = null;
        if (_life.GraceEnds is not null || _life.Withdrawals is not null)
        {
            effects.Add(new SessionEffect.TellSuccessor(new SessionRequest.ContinueGrace(_life.Id, Attachment, _life.GraceEnds ?? now)));
        }
        else if (!_life.Reports.IsIdle)
        {
            effects.Add(new SessionEffect.TellSuccessor(new SessionRequest.Report(_life.Id, 0)));
        }

        Stop(effects);
    }

    /// <summary>The outcome of what is under way will not be known here.</summary>
    private void RefuseUnderWay(long now, List<SessionEffect> effects)
    {
        _life.Data.State?.RefuseUnderWay(_requests.Unavailable(0, now) with { Outcome = Outcome.Unknown }, effects);
        var outcome = _underWay is JournalEvent.Ended or JournalEvent.SessionSaved { Record.HasClosing: true } ? Outcome.Unknown : Outcome.None;
        _requests.RefuseEnders(_requests.Unavailable(0, now) with { Outcome = outcome }, effects);
    }

    /// <summary>A grace time that is to run here. Its sender is gone and does not say so again, so it waits for the log however long that takes.</summary>
    private SessionRequest.ContinueGrace? GraceOf(SessionRequest request, long now) => request switch
    {
        SessionRequest.ContinueGrace grace => grace,
        SessionRequest.Detach { Attachment: var attachment } when attachment != default =>
            new SessionRequest.ContinueGrace(_life.Id, attachment, now + (long)_policy.Grace.TotalMilliseconds),
        _ => null,
    };

    private void Stop(List<SessionEffect> effects)
    {
        Actor = ActorPhase.Stopped;
        effects.Add(new SessionEffect.Stop());
    }
}
