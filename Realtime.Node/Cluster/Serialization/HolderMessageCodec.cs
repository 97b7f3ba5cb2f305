using Realtime.Messages.Channels;
using Realtime.Messages.Ids;
using Realtime.Messages.Sessions;
using Realtime.Messages.Wire.Holders;

namespace Realtime.Node.Cluster.Serialization;

/// <summary><see cref="HolderMessage"/> ↔ protobuf.</summary>
internal static class HolderMessageCodec
{
    public static WireFamily Family { get; } = new WireFamily(typeof(HolderMessage))
        .With<HolderMessage.Renew, HoldsBody>("or", HoldsBody.Parser, renew => ToBody(renew.Holds), body => new HolderMessage.Renew(FromBody(body)))
        .With<HolderMessage.NotHeld, HoldsBody>("on", HoldsBody.Parser, notHeld => ToBody(notHeld.Holds), body => new HolderMessage.NotHeld(FromBody(body)));

    private static HoldsBody ToBody(IReadOnlyList<SessionHold> holds)
    {
        var body = new HoldsBody();
        body.Holds.Capacity = holds.Count;
        foreach (var hold in holds)
        {
            body.Holds.Add(new HoldValue
            {
                SessionHigh = (ulong)(hold.Session.Value >> 64),
                SessionLow = (ulong)hold.Session.Value,
                Attempt = hold.Attachment.Attempt,
                Ordinal = hold.Attachment.Ordinal,
                Connection = (ulong)hold.Connection.Value,
            });
        }

        return body;
    }

    private static SessionHold[] FromBody(HoldsBody body) =>
    [
        .. body.Holds.Select(value => new SessionHold(
            WireValues.ToSession(value.SessionHigh, value.SessionLow),
            new Attachment(value.Attempt, value.Ordinal),
            new ConnectionId((long)value.Connection))),
    ];
}
