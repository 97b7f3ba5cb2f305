using Realtime.Cluster.Journal;
using Realtime.Messages.Entities;
using Realtime.Messages.Errors;

namespace Realtime.Node.Sessions.Core;

/// <summary>How a session loses its connection: that says so itself, an operator takes it away, the session ends, or its entity has to be loaded anew.</summary>
internal static class SessionDeparture
{
    /// <summary>What the history says of a connection that was not closed by anybody.</summary>
    private const string Lost = "lost";

    public static void Detach(SessionContext session, SessionRequest.Detach request, long now, List<SessionEffect> effects)
    {
        var node = session.Holder?.Node;
        session.Holder = null;
        session.IsReleased = true;
        if (session.ExpiresAt is null)
        {
            session.Note(SessionChange.Detached, now, node, request.Why is { } code ? CloseRegistry.Of(code).Name : Lost);
            session.StartGrace(session.Policy.Grace, now, effects);
        }
    }

    /// <summary>
    /// Tells the connection to go, and counts it as gone from now on. Should the word be lost with a link, the connection hears from the next answer it gets
    /// that it does not count any more.
    /// </summary>
    public static void Disconnect(SessionContext session, SessionRequest.Disconnect request, long now, List<SessionEffect> effects)
    {
        if (session.Holder is not { } holder)
        {
            return;
        }

        session.Note(SessionChange.Disconnected, now, holder.Node, request.Reason);
        effects.Add(new SessionEffect.TellNode(
            holder.Node, new SessionNews.Dismissed(holder.Connection, request.Reconnect ? CloseCode.Disconnected : CloseCode.Kicked)));
        session.Holder = null;
        session.IsReleased = true;
        if (request.Reconnect)
        {
            session.IsDismissed = true;
            session.StartGrace(session.Policy.Grace, now, effects);
        }
    }

    /// <summary>For good: presence goes now, and the row with the next write.</summary>
    public static void End(SessionContext session, List<SessionEffect> effects)
    {
        if (!session.IsEnding)
        {
            session.Holder = null;
            session.IsEnding = true;
            session.StopGrace(effects);
            session.Subscriptions.WithdrawAll(effects);
        }
    }

    /// <summary>
    /// The entity that loads next knows neither the connection nor what others were told. The connection says so again, and proves a session whose row may not
    /// be there; presence stays for its grace time if there is a row to find it in, and goes now if there may be none: nobody would take it back later.
    /// </summary>
    public static void LetGo(SessionContext session, WriteOutcome outcome, List<SessionEffect> effects)
    {
        if (session.Holder is { } holder)
        {
            effects.Add(new SessionEffect.TellNode(holder.Node, new SessionNews.Forgotten(holder.Connection)));
            session.Holder = null;
        }

        if (!session.IsWithdrawn && !session.IsEnding && (session.Row.Revision == 0 || outcome is WriteOutcome.Conflict))
        {
            session.Subscriptions.WithdrawAll(effects);
        }
    }
}
