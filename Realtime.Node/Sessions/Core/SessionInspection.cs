using Realtime.Messages.Entities;
using Realtime.Messages.Ids;

namespace Realtime.Node.Sessions.Core;

/// <summary>What a session tells operators of itself. Reads only.</summary>
internal static class SessionInspection
{
    /// <summary>One that is ending is gone for everybody but the store.</summary>
    public static SessionReply Answer(SessionContext session, bool brief) =>
        session is { Exists: true, IsEnding: false } ? new SessionReply.Inspected(Of(session, brief)) : new SessionReply.Unknown();

    private static SessionAccount Of(SessionContext session, bool brief)
    {
        var items = session.Subscriptions.Items;
        var account = new SessionAccount(
            PhaseOf(session), session.User, session.Holder?.Node, session.Holder?.Connection, session.Attachment, items.Count)
        {
            Since = session.History?.Since,
            Expires = ExpiryOf(session),
        };
        return brief ? account : account with
        {
            StateKeys = [.. (session.State?.Committed ?? []).Select(entry => entry.Key)],
            Subscriptions = [.. items.Select(item => new SubscriptionAccount(item.Channel, item.Position, item.Presence is not null, item.ByServer))],
            History = session.History?.ToList() ?? [],
        };
    }

    private static SessionPhase PhaseOf(SessionContext session) =>
        session.Holder is not null ? SessionPhase.Attached
        : session.ExpiresAt is not null ? SessionPhase.Parked
        : SessionPhase.Detached;

    /// <summary>While its grace time runs the expiry is not set yet, and follows from it.</summary>
    private static long? ExpiryOf(SessionContext session) =>
        session.Holder is not null ? null : session.ExpiresAt ?? session.GraceEnds + (long)session.Policy.TimeToLive.TotalMilliseconds;
}
