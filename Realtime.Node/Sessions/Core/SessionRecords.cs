using Google.Protobuf;
using Realtime.Messages.Entities;
using Realtime.Messages.Ids;
using Realtime.Messages.Persisted.Events;
using Realtime.Messages.Positions;

namespace Realtime.Node.Sessions.Core;

/// <summary>Parts of a session ↔ what its log keeps.</summary>
internal static class SessionRecords
{
    public static void Put(SessionRecord record, SessionIdentity? identity)
    {
        if (identity is not null)
        {
            record.User = identity.User.Value;
            if (identity.Expires is { } expires)
            {
                record.IdentityExpires = expires;
            }

            if (identity.Issued is { } issued)
            {
                record.IdentityIssued = issued;
            }

            record.IdentityInfo = identity.Info is { } info ? ToRecord(info) : null;
            record.IdentityGrants.AddRange(identity.Grants.Items.Select(grant => new GrantRecord { Pattern = grant.Pattern, Rights = (int)grant.Rights }));
        }
    }

    public static SessionIdentity? IdentityOf(SessionRecord record) => record.HasUser
        ? new SessionIdentity(new UserId(record.User), record.HasIdentityExpires ? record.IdentityExpires : null)
        {
            Issued = record.HasIdentityIssued ? record.IdentityIssued : null,
            Info = record.IdentityInfo is { } info ? FromRecord(info) : null,
            Grants = record.IdentityGrants.Count == 0
                ? ChannelGrants.None
                : new ChannelGrants([.. record.IdentityGrants.Select(grant => new ChannelGrant(grant.Pattern, (ChannelRights)grant.Rights))]),
        }
        : null;

    public static SubscriptionRecord ToRecord(SessionSubscription subscription)
    {
        var record = new SubscriptionRecord { Channel = subscription.Channel.Value, ByServer = subscription.ByServer };
        if (subscription.Position is { } position)
        {
            record.Epoch = position.Epoch.Value;
            record.Offset = position.Offset;
        }

        if (subscription.Presence is { } presence)
        {
            record.Presence = ToRecord(presence);
        }

        if (subscription.TokenUntil is { } until)
        {
            record.TokenUntil = until;
        }

        return record;
    }

    public static SessionSubscription FromRecord(SubscriptionRecord record) => new(
        ChannelName.FromStore(record.Channel),
        record.HasEpoch ? new StreamPosition(new Epoch(record.Epoch), record.Offset) : null,
        record.Presence is null ? null : FromRecord(record.Presence),
        record.ByServer)
    {
        TokenUntil = record.HasTokenUntil ? record.TokenUntil : null,
    };

    public static PayloadRecord ToRecord(Payload payload) =>
        new() { Bytes = UnsafeByteOperations.UnsafeWrap(payload.Bytes), Binary = payload.IsBinary };

    public static Payload FromRecord(PayloadRecord record) => new(record.Bytes.Memory, record.Binary);
}
