using Akka.Actor;
using Realtime.Messages.Channels;
using Realtime.Messages.Errors;
using Realtime.Messages.Sessions;

namespace Realtime.Node.Sessions.Core;

/// <summary>Decides which connection holds a session: the newest attachment wins.</summary>
/// <remarks>
/// Three things bring a session to life: an id that was minted just now, a record that is read back, and the connection of a session that
/// was never written. A session that has ended stays ended.
/// </remarks>
internal static class SessionAttaching
{
    /// <summary>Null: the sender may hold it. Otherwise the answer.</summary>
    public static SessionReply? Refusal(SessionLife life, SessionRequest.Attach request, IActorRef from, long now)
    {
        var isBirth = request.IsNew || request.Held is not null;
        if (life.Stage is SessionStage.Ending or SessionStage.Ended || (life.Stage is SessionStage.Absent && !isBirth))
        {
            return new SessionReply.Unknown(request.Tag);
        }

        if (!life.Exists)
        {
            return null;
        }

        var identity = life.Data.Identity;
        if ((request.Identity is not null || isBirth) && request.Identity?.User != identity?.User)
        {
            return new SessionReply.Unknown(request.Tag);
        }

        if (request.Held is { } held)
        {
            return RefusalOfHeld(life, held.Attachment, request.Tag, from);
        }

        if (life.Expires <= now && life.Stage is not SessionStage.Detached)
        {
            return new SessionReply.Unknown(request.Tag);
        }

        if (request.Identity is null && identity?.Expires <= now)
        {
            return new SessionReply.Refused(request.Tag, ErrorCode.TokenExpired, "the token of this session is over; bring a new one");
        }

        // The client gave this hello up and made another, which was faster: the connection it would displace is the client's own.
        return life.Holder is { } holder && !holder.Connection.Equals(from) && request.Attempt < holder.Attempt
            ? new SessionReply.Superseded(request.Tag)
            : null;
    }

    private static SessionReply? RefusalOfHeld(SessionLife life, Attachment held, long tag, IActorRef from)
    {
        var newest = life.Data.Attachment;
        return life.Stage switch
        {
            SessionStage.Attached when life.Holder!.Connection.Equals(from) => null,
            SessionStage.Attached when held <= newest => new SessionReply.Superseded(tag),
            _ when held < newest => new SessionReply.Superseded(tag),

            // It was taken for lost, because its node did not renew it in time, and is there all the same.
            SessionStage.Detached or SessionStage.Parked when held == newest && life.WasLost(from) => null,

            // This attachment has let go, or an operator took it away. Its client may come back, with another connection.
            SessionStage.Detached or SessionStage.Parked when held == newest => new SessionReply.Unknown(tag),
            _ => null,
        };
    }
}
