using Realtime.Messages.Entities;
using Realtime.Messages.Ids;
using Realtime.Messages.Wire.Sessions;

namespace Realtime.Node.Cluster.Serialization;

/// <summary>What requests and replies of sessions both hold ↔ protobuf.</summary>
internal static class SessionValues
{
    public static SubscriptionValue ToValue(SessionSubscription subscription)
    {
        var value = new SubscriptionValue
        {
            Channel = subscription.Channel.Value,
            Position = WireValues.ToValue(subscription.Position),
            Presence = WireValues.ToValue(subscription.Presence),
            ByServer = subscription.ByServer,
        };
        if (subscription.TokenUntil is { } until)
        {
            value.TokenUntil = until;
        }

        return value;
    }

    public static SessionSubscription ToSubscription(SubscriptionValue? value) => value is null
        ? throw new InvalidDataException("the subscription is missing")
        : new SessionSubscription(
            WireValues.ToChannel(value.Channel), WireValues.ToPosition(value.Position), WireValues.ToPayload(value.Presence), value.ByServer)
        {
            TokenUntil = value.HasTokenUntil ? value.TokenUntil : null,
        };

    public static IdentityValue? ToValue(SessionIdentity? identity)
    {
        if (identity is null)
        {
            return null;
        }

        var value = new IdentityValue { User = identity.User.Value };
        if (identity.Expires is { } expires)
        {
            value.Expires = expires;
        }

        if (identity.Issued is { } issued)
        {
            value.Issued = issued;
        }

        value.Info = WireValues.ToValue(identity.Info);
        value.Grants.AddRange(identity.Grants.Items.Select(grant => new GrantValue { Pattern = grant.Pattern, Rights = (int)grant.Rights }));
        return value;
    }

    public static SessionIdentity? ToIdentity(IdentityValue? value) => value is null ? null : new SessionIdentity(new UserId(value.User), value.HasExpires ? value.Expires : null)
    {
        Issued = value.HasIssued ? value.Issued : null,
        Info = WireValues.ToPayload(value.Info),
        Grants = value.Grants.Count == 0 ? ChannelGrants.None : new ChannelGrants([.. value.Grants.Select(grant => new ChannelGrant(grant.Pattern, (ChannelRights)grant.Rights))]),
    };
}
