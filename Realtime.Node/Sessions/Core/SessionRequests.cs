using Akka.Actor;
using Realtime.Messages.Entities;
using Realtime.Messages.Errors;
using Realtime.Messages.Sessions;
using Realtime.Node.Namespaces;

namespace Realtime.Node.Sessions.Core;

/// <summary>What requests do to a session that is loaded.</summary>
internal sealed class SessionRequests(SessionLife life, RecordWriter writer)
{
    /// <summary>When the record should have been tried again, and its outcome is not here yet.</summary>
    private const long LeastRetryAfter = 100;

    private List<SessionInput.Asked>? _enders;

    /// <summary>Why the log could not be used last; goes into refusals.</summary>
    public SessionInput.LogUnavailable Trouble { get; set; } = new(TimeSpan.Zero);

    private static SessionReply.Refused Over { get; } = new(0, ErrorCode.Unavailable, "the session has ended");

    public SessionReply.Refused Unavailable(long tag, long now) => Trouble.IsStoreFull
        ? new(tag, ErrorCode.StorageFull, "the store has no room", (int)Math.Max(LeastRetryAfter, (writer.PausedUntil ?? now) - now))
        : new(tag, ErrorCode.Unavailable, "the store does not answer", (int)Math.Max(1, Trouble.RetryAfter.TotalMilliseconds));

    public static void Answer(SessionInput.Asked asked, SessionReply reply, List<SessionEffect> effects)
    {
        var isWanted = asked.Request is not SessionRequest.ContinueGrace && (asked.Request.Tag != 0 || reply is not SessionReply.Done);
        if (isWanted)
        {
            effects.Add(new SessionEffect.Reply(asked.From, reply));
        }
    }

    public void Handle(SessionInput.Asked asked, long now, List<SessionEffect> effects)
    {
        var (request, from) = asked;
        switch (request)
        {
            case SessionRequest.Attach attach:
                Attach(attach, from, now, effects);
                break;
            case SessionRequest.End when life.Stage is SessionStage.Ending or SessionStage.Ended || life.IsLost(from):
                End(asked, SessionEnds.Bye, now, effects);
                break;
            case SessionRequest.Detach { Why: { } code } when life.IsLost(from):
                life.Explain(CloseRegistry.Of(code).Name);
                Answer(asked, new SessionReply.Done(request.Tag), effects);
                break;
            case SessionRequest.Detach detach when life.Stage is SessionStage.Recovered && life.Data.Attachment <= detach.Attachment:
                // Its connection ended while the session's actor was being replaced, and no other message would start the grace time.
                life.Data.Attachment = detach.Attachment;
                life.ContinueGrace(now + (long)life.Policy.Grace.TotalMilliseconds, now);
                Answer(asked, new SessionReply.Done(request.Tag), effects);
                break;
            case SessionRequest.OfHolder spoken when HoldsOrDid(spoken, from):
                HandleHolder(spoken, asked, now, effects);
                break;
            case SessionRequest.OfHolder:
                Answer(asked, NotHeld(request.Tag), effects);
                break;
            case SessionRequest.ExpireIfIdle:
                ExpireIfIdle(asked, now, effects);
                break;
            case SessionRequest.Inspect inspect:
                Answer(asked, SessionInspection.Answer(life, inspect), effects);
                break;
            case SessionRequest.SubscribeByServer subscribe:
                Answer(asked, Subscribe(subscribe, now), effects);
                break;
            case SessionRequest.UnsubscribeByServer unsubscribe:
                Answer(asked, Unsubscribe(unsubscribe, now), effects);
                break;
            case SessionRequest.Disconnect disconnect:
                Disconnect(disconnect, asked, now, effects);
                break;
            case SessionRequest.Report:
                Doubt(now);
                Answer(asked, new SessionReply.Done(request.Tag), effects);
                break;
            case SessionRequest.ContinueGrace grace when life.Stage is SessionStage.Recovered && life.Data.Attachment <= grace.Attachment:
                life.Data.Attachment = grace.Attachment;
                life.ContinueGrace(grace.GraceEnds, now);
                break;
        }
    }

    /// <summary>
    /// What a lost connection sent before it ended counts as well: its client was told that it is subscribed. Its state was not promised.
    /// </summary>
    private bool HoldsOrDid(SessionRequest.OfHolder spoken, IActorRef from) => life.Holder is { } holder
        ? holder.Connection.Equals(from)
        : life.IsLost(from) && spoken is not (SessionRequest.SetState or SessionRequest.Detach);

    private SessionReply NotHeld(long tag) => life.Stage switch
    {
        SessionStage.Attached => new SessionReply.Superseded(tag),
        SessionStage.Ending or SessionStage.Ended => new SessionReply.Unknown(tag),
        _ => new SessionReply.NotAttached(tag),
    };

    private void Attach(SessionRequest.Attach request, IActorRef from, long now, List<SessionEffect> effects)
    {
        if (SessionAttaching.Refusal(life, request, from, now) is { } refusal)
        {
            effects.Add(new SessionEffect.Reply(from, refusal));
            if (life.Expires <= now && life.Stage is SessionStage.Recovered or SessionStage.Parked)
            {
                BeginEnd(SessionEnds.Expired, now);
            }

            return;
        }

        var data = life.Data;
        var isNews = !life.Exists || (request.Identity is not null && request.Identity != data.Identity);

        var isBirth = !life.Exists;

        // A record that says parked would keep its presence out of the rosters of the next process.
        isNews |= data.IsParked && data.Subscriptions.HavePresence;
        if (life.Holder is not { } holder || !holder.Connection.Equals(from))
        {
            life.Attach(
                new SessionHolder(from, request.Attempt, request.Node, request.Connection),
                request.Held?.Attachment ?? data.NextAttachment(request.Attempt, now),
                isAgain: request.Held is not null,
                now,
                effects);
        }

        data.Identity = request.Identity ?? data.Identity;
        if (isBirth)
        {
            life.Reports.Opened(data.User);
        }

        if (request.Held is { } held)
        {
            var changes = life.Changes ??= new ServerChanges();
            isNews |= data.Subscriptions.Replace(changes.Merge(data.Subscriptions.Items, held.Subscriptions, life.Id, now));
        }

        writer.Touch(isNews, now);
        effects.Add(new SessionEffect.Reply(from, data.Attached(request.Tag)));
    }

    private void HandleHolder(SessionRequest.OfHolder request, SessionInput.Asked asked, long now, List<SessionEffect> effects)
    {
        var data = life.Data;
        var subscriptions = data.Subscriptions;
        SessionReply reply = new SessionReply.Done(request.Tag);
        switch (request)
        {
            case SessionRequest.PutSubscription put:
                writer.Touch(
                    life.Changes is not { } changes ? subscriptions.Put(put.Subscription) : changes.Put(put.Subscription) is { } wanted && subscriptions.Put(wanted), now);
                break;
            case SessionRequest.RemoveSubscription remove:
                life.Changes?.Remove(remove.Channel);
                writer.Touch(subscriptions.Remove(remove.Channel), now);
                break;
            case SessionRequest.SetPresence set when subscriptions.Find(set.Channel) is { } known:
                writer.Touch(subscriptions.Put(known with { Presence = set.Data }), now);
                break;
            case SessionRequest.SetPresence:
                reply = new SessionReply.Refused(request.Tag, ErrorCode.NotSubscribed, "not subscribed to this channel");
                break;
            case SessionRequest.SetState when writer.Phase is LogPhase.Unavailable || writer.PausedUntil > now:
                reply = Unavailable(request.Tag, now);
                break;
            case SessionRequest.SetState set:
                if (data.EnsureState().Stage(set, asked.From) is not { } refused)
                {
                    return;
                }

                reply = refused;
                break;
            case SessionRequest.Acknowledge acknowledged:
                writer.HasNewPositions |= subscriptions.Acknowledge(acknowledged.Positions);
                break;
            case SessionRequest.Refresh refresh when refresh.Identity.User == data.User:
                writer.Touch(refresh.Identity != data.Identity, now);
                data.Identity = refresh.Identity;
                break;
            case SessionRequest.Refresh:
                reply = new SessionReply.Refused(request.Tag, ErrorCode.Forbidden, "the token is of another user");
                break;
            case SessionRequest.Detach detach:
                Detach(SessionChange.Detached, detach.Why is { } code ? CloseRegistry.Of(code).Name : "lost", now);
                break;
            case SessionRequest.End:
                End(asked, SessionEnds.Bye, now, effects);
                return;
        }

        Answer(asked, reply, effects);
    }

    private SessionReply Subscribe(SessionRequest.SubscribeByServer request, long now)
    {
        var (channel, subscriptions) = (request.Channel, life.Data.Subscriptions);
        if (!life.Exists)
        {
            return new SessionReply.Unknown(request.Tag);
        }

        if ((channel.IsPersonal && !channel.IsPersonalOf(life.Data.User)) || (channel.IsReserved && channel != ServerLogs.Channel(ServerLogs.Session, life.Id.ToString())))
        {
            return new SessionReply.Refused(request.Tag, ErrorCode.Forbidden, "the channel is another session's");
        }

        var known = subscriptions.Find(channel);
        if (known is null && subscriptions.Items.Count >= life.Policy.Subscriptions)
        {
            return new SessionReply.Refused(request.Tag, ErrorCode.TooMany, "the session has too many subscriptions");
        }

        if (known is not { ByServer: true })
        {
            var made = known is null ? new SessionSubscription(channel, request.From, null, ByServer: true) : known with { ByServer = true };
            writer.Touch(subscriptions.Put(made), now);
            (life.Changes ??= new ServerChanges()).Add(channel, new SessionNews.Subscribed(life.Id, made, request.Reason), now);
        }

        return new SessionReply.Done(request.Tag);
    }

    private SessionReply Unsubscribe(SessionRequest.UnsubscribeByServer request, long now)
    {
        if (!life.Exists)
        {
            return new SessionReply.Unknown(request.Tag);
        }

        // Also when the session knows of none: what the connection has may be on its way.
        writer.Touch(life.Data.Subscriptions.Remove(request.Channel), now);
        (life.Changes ??= new ServerChanges()).Add(request.Channel, new SessionNews.Unsubscribed(life.Id, request.Channel, request.Reason), now);
        return new SessionReply.Done(request.Tag);
    }

    public void Detach(SessionChange what, string? why, long now)
    {
        life.Detach(what, why, now);
        writer.HasNewPositions = true;
    }

    /// <summary>Answered after the commit. A session that was never written has nothing to write down either.</summary>
    private void End(SessionInput.Asked asked, string why, long now, List<SessionEffect> effects)
    {
        if (life.Stage is SessionStage.Ended)
        {
            Answer(asked, new SessionReply.Done(asked.Request.Tag), effects);
            return;
        }

        BeginEnd(why, now);
        if (life.Reports is { IsWanted: true, IsOverForGood: true })
        {
            Answer(asked, new SessionReply.Done(asked.Request.Tag), effects);
            return;
        }

        (_enders ??= []).Add(asked);
        if (!writer.IsWritten)
        {
            Finish(effects);
        }
    }

    private void BeginEnd(string why, long now)
    {
        life.Reports.Over(why, writer.IsWritten);
        life.End(now);
    }

    private void Doubt(long now)
    {
        if (life.Stage is SessionStage.Absent)
        {
            life.Reports.DoubtAbsent(now, life.Policy.LostAfter);
        }
        else if (life.Stage is SessionStage.Ended)
        {
            life.Reports.DoubtEnded();
        }
    }

    /// <summary>After each step. Who ends a session need not wait for its report: a record says that it is over, and whoever reads that goes on.</summary>
    public void SettleReports(long now, List<SessionEffect> effects)
    {
        var reports = life.Reports;
        if (life.Stage is SessionStage.Ending && reports is { IsWanted: true, IsOverForGood: true })
        {
            AnswerEnders(new SessionReply.Done(0), effects);
            if (reports.IsClosed && !writer.IsWritten)
            {
                Finish(effects);
            }
        }

        writer.Touch(life.Exists && reports.WantsRecord, now);
        reports.Settle(life.Data.User, now, effects);
    }

    private void ExpireIfIdle(SessionInput.Asked asked, long now, List<SessionEffect> effects)
    {
        if (life.Stage is SessionStage.Absent)
        {
            Answer(asked, new SessionReply.Done(asked.Request.Tag), effects);
        }
        else if (life.Exists && (life.Stage is SessionStage.Attached or SessionStage.Detached || life.Expires > now))
        {
            Answer(asked, new SessionReply.Kept(asked.Request.Tag), effects);
        }
        else
        {
            End(asked, SessionEnds.Expired, now, effects);
        }
    }

    private void Disconnect(SessionRequest.Disconnect request, SessionInput.Asked asked, long now, List<SessionEffect> effects)
    {
        if (life.Stage is SessionStage.Absent || (!life.Exists && request.Reconnect))
        {
            Answer(asked, new SessionReply.Unknown(request.Tag), effects);
            return;
        }

        if (life.Holder is { } holder)
        {
            var code = request.Reconnect ? CloseCode.Disconnected : CloseCode.Kicked;
            effects.Add(new SessionEffect.Tell(holder.Connection, new SessionNews.Dismissed(life.Id, code)));
            Detach(SessionChange.Disconnected, request.Reason, now);
        }

        if (request.Reconnect)
        {
            Answer(asked, new SessionReply.Done(request.Tag), effects);
        }
        else
        {
            End(asked, SessionEnds.Kicked, now, effects);
        }
    }

    /// <summary>The end is committed, or there was nothing to write.</summary>
    public void Finish(List<SessionEffect> effects)
    {
        life.Ended();
        life.Data.State?.RefuseUnderWay(Over, effects);
        life.Data.State?.RefuseStaged(Over, effects);
        AnswerEnders(new SessionReply.Done(0), effects);
    }

    public void RefuseEnders(SessionReply.Refused refusal, List<SessionEffect> effects) => AnswerEnders(refusal, effects);

    private void AnswerEnders(SessionReply reply, List<SessionEffect> effects)
    {
        foreach (var ender in _enders ?? [])
        {
            Answer(ender, reply with { Tag = ender.Request.Tag }, effects);
        }

        _enders = null;
    }
}
