using Realtime.Cluster.Sharding;
using Realtime.Messages.Entities;
using Realtime.Messages.Errors;
using Realtime.Messages.Ids;

namespace Realtime.Node.Sessions.Core;

/// <summary>
/// Which connection stands for a session: attaching, holding on to it across a change of owner, and what happens when nobody does.
/// </summary>
/// <remarks>
/// What may bring a session to life: <em>Attach</em> that creates it, and the <em>Hold</em> of a connection that attached when there was no row of
/// it: the one that opened it, and those that resumed it before its first write was done, which takes as long as an owner is cut off from the store.
/// Nothing else proves such a session. Whoever found a row when it attached proves nothing: if the row is gone, the session has ended or expired, and
/// the client is told so. That leaves one way for a session that ended to rise again: such a connection was taken over, never heard of it, and holds
/// after the newer one said bye. It rises without state, for as long as that connection lives.
/// </remarks>
internal static class SessionAttaching
{
    public static void Attach(SessionContext session, SessionRequest.Attach request, ReplyTo from, long now, List<SessionEffect> effects)
    {
        var otherUser = session.Exists && request.Identity?.User != session.User && (request.Identity is not null || request.Create);
        if (session.IsEnding || otherUser || (!session.Exists && !request.Create))
        {
            SessionContext.Answer(from, new SessionReply.Unknown(), effects);
            return;
        }

        if (session.Exists && request.Identity is null && session.Identity?.Expires is { } expires && expires <= now)
        {
            SessionContext.Answer(
                from, new EntityReply.Refused(ErrorCode.TokenExpired, "the token of this session is over; bring a new one"), effects);
            return;
        }

        var holder = new SessionHolder(request.Node, request.Connection);
        if (session.Holder is { } newer && newer != holder && request.Attempt < session.Attempt)
        {
            // The client gave this hello up and made another, which was faster: whom it would throw out is the client itself.
            SessionContext.Answer(from, new SessionReply.Stale(), effects);
            return;
        }

        if (session.Holder != holder)
        {
            // Otherwise the question was sent again because its answer was lost: the connection must not dismiss itself.
            session.Attachment = session.Exists ? session.Attachment.Next(session.Epoch, now) : AttachNumber.Opening(session.Epoch);
            NoteHolder(session, session.Exists ? SessionChange.Attached : SessionChange.Opened, holder, now);
        }

        var isNews = !session.Exists || session.ExpiresAt is not null || (request.Identity is not null && request.Identity != session.Identity);
        session.Exists = true;
        session.Identity = request.Identity ?? session.Identity;
        session.Attempt = request.Attempt;
        TakeOver(session, holder, effects);
        session.Touch(isNews);
        session.Appear(effects);
        SessionContext.Answer(from, Attached(session), effects);
    }

    /// <summary>
    /// The words of one attachment come in order, and this one repeats all of them: whatever it says is at least as new as what is
    /// known here of that attachment. A hello that was given up may have been handled by this owner before: its attachment is the newer one, but the client's
    /// own count says who is, and the connection that stands for the session gets a number above it.
    /// </summary>
    public static void Hold(SessionContext session, SessionRequest.Hold request, ReplyTo from, long now, List<SessionEffect> effects)
    {
        var holder = new SessionHolder(request.Node, request.Connection);
        if (session.IsEnding || (session.Exists ? request.Identity?.User != session.User : !(request.Attachment.IsOpening || request.IsUnwritten)))
        {
            SessionContext.Answer(from, new SessionReply.Unknown(), effects);
            return;
        }

        var isKnown = session.Holder == holder;
        var outranks = !isKnown && request.Attempt > session.Attempt;
        var isOutdated = !isKnown && !outranks
            && (request.Attachment < session.Attachment
                || (request.Attachment == session.Attachment && (session.IsReleased || session.Holder is not null))
                || (session.Holder is not null && request.Attempt < session.Attempt));
        if (isOutdated)
        {
            // A connection that an operator took away and that has not heard of it: being stale would keep its client away for good.
            var isDismissed = session.IsDismissed && session.Holder is null && request.Attachment == session.Attachment;
            SessionContext.Answer(from, isDismissed ? new SessionReply.Unknown() : new SessionReply.Stale(), effects);
            return;
        }

        if (!isKnown)
        {
            NoteHolder(session, session.Holder is null ? SessionChange.Adopted : SessionChange.Attached, holder, now);
        }

        var isNews = !session.Exists || session.ExpiresAt is not null || (request.Identity is not null && request.Identity != session.Identity);
        session.Exists = true;
        session.Identity = request.Identity ?? session.Identity;
        var isRenumbered = outranks ? request.Attachment <= session.Attachment : request.Attachment < session.Attachment;
        session.Attachment = !isRenumbered ? request.Attachment : isKnown ? session.Attachment : session.Attachment.Next(session.Epoch, now);
        session.Attempt = request.Attempt;
        TakeOver(session, holder, effects);

        // What changes is not told to channels that are told everything right after.
        isNews |= session.Subscriptions.Replace(request.Subscriptions, session.User, session.IsWithdrawn ? [] : effects);
        session.Touch(isNews);
        session.Appear(effects);
        SessionContext.Answer(from, isRenumbered ? Attached(session) : new SessionReply.Done(), effects);
    }

    /// <summary>
    /// The node that held it went down: it may come back within the grace time, so the others go on seeing it until then. Does nothing when somebody
    /// stands for it again, or when the grace time runs already.
    /// </summary>
    public static void Orphaned(SessionContext session, long now, List<SessionEffect> effects)
    {
        if (session.Exists && !session.IsEnding && session.Holder is null && session.ExpiresAt is null && session.GraceEnds is null)
        {
            session.Note(SessionChange.Adopted, now, session.Self);
            session.Appear(effects);
            session.StartGrace(session.Policy.OrphanGrace, now, effects);
        }
    }

    /// <summary>The connection's node is gone: it cannot say goodbye, and if it lives on under another incarnation it holds again.</summary>
    public static void HolderGone(SessionContext session, long now, List<SessionEffect> effects)
    {
        if (session.Holder is { } holder)
        {
            session.Note(SessionChange.Detached, now, holder.Node, "node lost");
            session.Holder = null;
            session.StartGrace(session.Policy.OrphanGrace, now, effects);
        }
    }

    /// <summary>
    /// Whether a word of an attachment counts. Before its connection has announced itself to a new owner, the words of an attachment that is
    /// at least as new as the newest known count as well: they are overtaken by nothing but the announcement.
    /// </summary>
    /// <returns>Null when it counts; otherwise the answer.</returns>
    public static EntityReply? Judge(SessionContext session, SessionRequest.OfAttachment spoken)
    {
        if (!session.Exists)
        {
            return spoken is SessionRequest.End ? new SessionReply.Done() : new SessionReply.Unknown();
        }

        if (session.IsEnding)
        {
            // Bye, sent again because its answer was lost, waits for the same commit.
            return spoken is SessionRequest.End && spoken.Attachment == session.Attachment ? null : new SessionReply.Stale();
        }

        if (spoken.Attachment < session.Attachment || (spoken.Attachment == session.Attachment && session.IsReleased))
        {
            return new SessionReply.Stale();
        }

        if (session.Holder is not null && spoken.Attachment != session.Attachment)
        {
            return new SessionReply.Unknown();
        }

        if (spoken.Attachment > session.Attachment)
        {
            session.Attachment = spoken.Attachment;
            session.Attempt = null;
            session.IsReleased = false;
            session.IsDismissed = false;
        }

        return null;
    }

    private static SessionReply.Attached Attached(SessionContext session) => new(session.Attachment, session.User, session.Identity?.Expires)
    {
        IsUnwritten = session.Row.Revision == 0,
        Subscriptions = session.Subscriptions.Items,
        State = session.State?.Committed ?? [],
    };

    private static void NoteHolder(SessionContext session, SessionChange what, SessionHolder holder, long now)
    {
        if (session.Holder is { } older)
        {
            session.Note(SessionChange.Superseded, now, older.Node);
        }

        session.Note(what, now, holder.Node);
    }

    private static void TakeOver(SessionContext session, SessionHolder holder, List<SessionEffect> effects)
    {
        if (session.Holder is { } older && older != holder)
        {
            effects.Add(new SessionEffect.TellNode(older.Node, new SessionNews.Dismissed(older.Connection, CloseCode.Superseded)));
        }

        session.Holder = holder;
        session.IsReleased = false;
        session.IsDismissed = false;
        session.ExpiresAt = null;
        session.StopGrace(effects);
    }
}
