using Realtime.Messages.Entities;
using Realtime.Messages.Ids;
using Wire = Realtime.Messages.Links;

namespace Realtime.Cluster.Links;

/// <summary>What a session tells an operator ↔ <see cref="Wire.SessionInspected"/>.</summary>
internal static class LinkSessionAccounts
{
    public static Wire.SessionInspected ToWire(SessionAccount account)
    {
        var wire = new Wire.SessionInspected
        {
            Phase = (int)account.Phase,
            Attachment = account.Attachment.Value,
            SubscriptionCount = account.SubscriptionCount,
        };
        if (account.User is { } user)
        {
            wire.User = user.Value;
        }

        if (account.Node is { } node)
        {
            wire.Node = node.Name;
        }

        if (account.Connection is { } connection)
        {
            wire.Connection = connection.Value;
        }

        if (account.Since is { } since)
        {
            wire.Since = since;
        }

        if (account.Expires is { } expires)
        {
            wire.Expires = expires;
        }

        wire.StateKeys.AddRange(account.StateKeys);
        wire.Subscriptions.AddRange(account.Subscriptions.Select(ToWire));
        wire.History.AddRange(account.History.Select(ToWire));
        return wire;
    }

    public static SessionAccount Read(Wire.SessionInspected account) => new(
        LinkFields.Known<SessionPhase>(account.Phase, "session_inspected.phase"),
        LinkFields.UserOrNone(account.HasUser, account.User, "session_inspected.user"),
        account.HasNode ? LinkFields.Node(account.Node, "session_inspected.node") : null,
        account.HasConnection ? LinkFields.Connection(account.Connection, "session_inspected.connection") : null,
        LinkFields.Attachment(account.Attachment, "session_inspected.attachment"),
        LinkFields.Count(account.SubscriptionCount, "session_inspected.subscription_count"))
    {
        Since = account.HasSince ? account.Since : null,
        Expires = account.HasExpires ? account.Expires : null,
        StateKeys = [.. account.StateKeys],
        Subscriptions = LinkParts.ReadAll(account.Subscriptions, static subscription => new SubscriptionAccount(
            LinkFields.Channel(subscription.Channel, "session_inspected.subscriptions.channel"),
            LinkParts.PositionOrNull(subscription.Position, "session_inspected.subscriptions.position"),
            subscription.Present,
            subscription.ByServer)),
        History = LinkParts.ReadAll(account.History, static item => new SessionOccurrence(
            LinkFields.Known<SessionChange>(item.What, "session_inspected.history.what"),
            item.At,
            item.HasNode ? LinkFields.Node(item.Node, "session_inspected.history.node") : null,
            item.HasWhy ? item.Why : null)),
    };

    private static Wire.InspectedSubscription ToWire(SubscriptionAccount subscription) => new()
    {
        Channel = subscription.Channel.Value,
        Position = LinkParts.ToWire(subscription.Position),
        Present = subscription.IsPresent,
        ByServer = subscription.ByServer,
    };

    private static Wire.Occurrence ToWire(SessionOccurrence item)
    {
        var wire = new Wire.Occurrence { What = (int)item.What, At = item.At };
        if (item.Node is { } node)
        {
            wire.Node = node.Name;
        }

        if (item.Why is { } why)
        {
            wire.Why = why;
        }

        return wire;
    }
}
