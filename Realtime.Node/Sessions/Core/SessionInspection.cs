using Realtime.Messages.Entities;
using Realtime.Messages.Sessions;

namespace Realtime.Node.Sessions.Core;

/// <summary>What a session says of itself to operators. Reads only.</summary>
internal static class SessionInspection
{
    public static SessionReply Answer(SessionLife life, SessionRequest.Inspect request) =>
        life.Exists ? new SessionReply.Inspected(request.Tag, Of(life, request.Brief)) : new SessionReply.Unknown(request.Tag);

    private static SessionInfo Of(SessionLife life, bool brief)
    {
        var data = life.Data;
        var items = data.Subscriptions.Items;
        var info = new SessionInfo(
            PhaseOf(life.Stage), data.User, life.Holder?.Node, life.Holder?.ConnectionId, data.Attachment, items.Count)
        {
            Since = data.History?.Since,
            Expires = life.Expires,
        };
        return brief ? info : info with
        {
            StateKeys = [.. (data.State?.Committed ?? []).Select(entry => entry.Key)],
            Subscriptions =
            [
                .. items.Select(item => new SubscriptionAccount(item.Channel, item.Position, item.Presence is not null, item.ByServer)),
            ],
            History = data.History?.ToList() ?? [],
        };
    }

    private static SessionPhase PhaseOf(SessionStage stage) => stage switch
    {
        SessionStage.Attached => SessionPhase.Attached,
        SessionStage.Detached => SessionPhase.Detached,
        _ => SessionPhase.Parked,
    };
}
