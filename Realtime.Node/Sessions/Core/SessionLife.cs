using Akka.Actor;
using Realtime.Messages.Channels;
using Realtime.Messages.Entities;
using Realtime.Messages.Errors;
using Realtime.Messages.Ids;
using Realtime.Messages.Persisted.Events;
using Realtime.Messages.Sessions;

namespace Realtime.Node.Sessions.Core;

/// <summary>The stages of one session and the ways between them. What is written, and when, is <see cref="SessionMachine"/>'s.</summary>
/// <param name="reports">Whether the application wants to learn of sessions.</param>
internal sealed class SessionLife(SessionId id, SessionPolicy policy, NodeId self, bool reports = false)
{
    /// <summary>Of a connection that ended without a word, or whose word was slower than the news of its end.</summary>
    private IActorRef? _lost;
    private long _lastTag;

    public SessionId Id => id;

    public SessionPolicy Policy => policy;

    public SessionData Data { get; } = new(policy);

    public SessionReports Reports { get; } = reports ? new SessionReports(id) : SessionReports.None;

    public SessionStage Stage { get; private set; } = SessionStage.Loading;

    /// <summary>Set while attached.</summary>
    public SessionHolder? Holder { get; private set; }

    /// <summary>Set while detached, milliseconds since 1970.</summary>
    public long? GraceEnds { get; private set; }

    public PendingWithdrawals? Withdrawals { get; private set; }

    /// <summary>Null while nothing waits.</summary>
    public ServerChanges? Changes { get; set; }

    public bool Exists => Stage is SessionStage.Recovered or SessionStage.Attached or SessionStage.Detached or SessionStage.Parked;

    /// <summary>
    /// When a session that no connection holds expires, milliseconds since 1970; null while it is attached or was never written.
    /// </summary>
    public long? Expires => Stage switch
    {
        SessionStage.Recovered or SessionStage.Parked when Data.TouchedAt > 0 => Data.TouchedAt + (long)policy.TimeToLive.TotalMilliseconds,
        SessionStage.Detached => GraceEnds + (long)policy.TimeToLive.TotalMilliseconds,
        _ => null,
    };

    /// <summary>The id is new: no log has to be read.</summary>
    public void Begin() => Stage = SessionStage.Absent;

    public void Load(SessionRecord? record, bool hasEnded, long now)
    {
        Stage = hasEnded ? SessionStage.Ended : record is null ? SessionStage.Absent : SessionStage.Recovered;
        if (record is not null && !hasEnded)
        {
            Data.Load(record);
            Data.Note(SessionChange.Loaded, now, self);
            Reports.Load(record.Opening, record.HasClosing ? record.Closing : null, Data.User);
            if (record.HasClosing)
            {
                End(now);
            }
        }
    }

    /// <summary>A record that was written by this actor or by another one.</summary>
    public void Committed(SessionRecord record, long now, List<SessionEffect> effects)
    {
        Reports.Committed(record.Opening, record.HasClosing);
        if (record.HasClosing && Exists)
        {
            Reports.Over(record.Closing, isWritten: true);
            Dismiss(effects);
            End(now);
        }
    }

    public SessionRecord ToRecord(long now)
    {
        var record = Data.ToRecord(now);
        (record.Opening, var closing) = Reports.Compose();
        if (closing is not null)
        {
            (record.Closing, record.Parked) = (closing, true);
        }

        return record;
    }

    /// <summary>A connection holds the session from now on; one that held it is dismissed.</summary>
    public void Attach(SessionHolder holder, Attachment attachment, bool isAgain, long now, List<SessionEffect> effects)
    {
        if (Holder is { } older && !older.Connection.Equals(holder.Connection))
        {
            Data.Note(SessionChange.Superseded, now, older.Node);
            effects.Add(new SessionEffect.Tell(older.Connection, new SessionNews.Dismissed(id, CloseCode.Superseded)));
        }

        var what = isAgain ? SessionChange.Adopted : Stage is SessionStage.Absent ? SessionChange.Opened : SessionChange.Attached;
        _lost = null;
        Data.Note(what, now, holder.Node);
        Data.Attachment = attachment;
        Data.IsParked = false;
        (Holder, Stage, GraceEnds) = (holder, SessionStage.Attached, null);

        // A connection that comes anew is told all with its answer.
        Changes = isAgain ? Changes : null;

        // Its feeds claim under the new attachment; what was withdrawn under an older one counts no more.
        Withdrawals = null;
    }

    public void Detach(SessionChange what, string? why, long now)
    {
        Data.Note(what, now, Holder?.Node, why);
        (Holder, Stage, GraceEnds) = (null, SessionStage.Detached, now + (long)policy.Grace.TotalMilliseconds);
    }

    /// <summary>The holder's actor has ended.</summary>
    public void Lose(long now)
    {
        _lost = Holder?.Connection;
        Detach(SessionChange.Detached, "lost", now);
    }

    /// <summary>
    /// Whether this connection held the session and was taken for lost. What it sent before it ended takes the way over the region, which the
    /// news of its end overtakes.
    /// </summary>
    public bool IsLost(IActorRef connection) => Stage is SessionStage.Detached && connection.Equals(_lost);

    /// <summary>Whether this is the last connection that held the session, and it was taken for lost.</summary>
    public bool WasLost(IActorRef connection) => Holder is null && connection.Equals(_lost);

    /// <summary>Now it is known why the lost connection ended.</summary>
    public void Explain(string why) => Data.History?.Amend(why);

    /// <summary>Goes on with the grace time that began at another owner.</summary>
    public void ContinueGrace(long graceEnds, long now)
    {
        Data.Note(SessionChange.Moved, now, self);
        (Stage, GraceEnds) = (SessionStage.Detached, graceEnds);
    }

    /// <summary>The grace time is over: others see it leave.</summary>
    public void Park(long now)
    {
        Data.Note(SessionChange.Parked, now, self);
        Data.IsParked = true;
        (Stage, GraceEnds) = (SessionStage.Parked, null);
        Withdraw(now);
    }

    /// <summary>For good: others see it leave now, and the log says so with the next append.</summary>
    public void End(long now)
    {
        if (Stage is not SessionStage.Ending)
        {
            (Holder, Stage, GraceEnds) = (null, SessionStage.Ending, null);
            Withdraw(now);
        }
    }

    public void Ended() => Stage = SessionStage.Ended;

    /// <summary>The log says that the session has ended, though this actor did not end it.</summary>
    public void EndedElsewhere(long now, List<SessionEffect> effects)
    {
        Dismiss(effects);
        End(now);
        Ended();
    }

    /// <summary>Sends withdrawals that are due.</summary>
    public void SendWithdrawals(long now, List<SessionEffect> effects) => Withdrawals?.Send(now, effects);

    /// <summary>Tells the connection what the application has done, if that is due.</summary>
    public void SendChanges(long now, List<SessionEffect> effects)
    {
        if (Changes is not { } changes || Holder is not { } holder)
        {
            return;
        }

        effects.AddRange(changes.Due(now).Select(news => new SessionEffect.Tell(holder.Connection, news)));
        Changes = changes.IsEmpty ? null : changes;
    }

    public void OnReply(ChannelReply reply)
    {
        Withdrawals?.OnReply(reply);
        if (Withdrawals is { IsEmpty: true })
        {
            Withdrawals = null;
        }
    }

    private void Dismiss(List<SessionEffect> effects)
    {
        if (Holder is { } holder)
        {
            effects.Add(new SessionEffect.Tell(holder.Connection, new SessionNews.Dismissed(id, CloseCode.Ended)));
        }
    }

    private void Withdraw(long now)
    {
        ChannelRequest.Withdraw[] requests =
        [
            .. Data.Subscriptions.Items.Where(item => item.Presence is not null)
                .Select(item => new ChannelRequest.Withdraw(item.Channel, ++_lastTag, id, new PresenceStamp(Data.Attachment, PresenceStamp.Final))),
        ];
        Withdrawals = requests.Length > 0 ? new PendingWithdrawals(requests, policy, now) : null;
    }
}
