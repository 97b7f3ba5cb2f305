using Google.Protobuf;
using Realtime.Messages.Channels;
using Realtime.Messages.Frames;
using Realtime.Messages.Positions;
using Realtime.Messages.Wire.Channels;

namespace Realtime.Node.Cluster.Serialization;

/// <summary><see cref="ChannelNews"/> ↔ protobuf. A batch goes to many nodes and is written once.</summary>
internal static class ChannelNewsCodec
{
    public static WireFamily Family { get; } = new WireFamily(typeof(ChannelNews))
        .WithBytes<ChannelNews.Batch, BatchBody>("nb", BatchBody.Parser, Once, FromBody)
        .With<ChannelNews.Head, HeadBody>("nh", HeadBody.Parser, ToBody, FromBody)
        .With<ChannelNews.Held, HeldBody>("ne", HeldBody.Parser, ToBody, FromBody)
        .With<ChannelNews.Presence, PresenceBody>("np", PresenceBody.Parser, ToBody, FromBody)
        .With<ChannelNews.Moved, MovedBody>("nm", MovedBody.Parser, ToBody, FromBody);

    private static byte[] Once(ChannelNews.Batch batch) => batch.Encoding.GetOrEncode(batch, static message => ToBody(message).ToByteArray());

    private static BatchBody ToBody(ChannelNews.Batch batch)
    {
        var body = new BatchBody { Channel = batch.Channel.Value, Epoch = batch.Epoch.Value, Through = batch.Through };
        WireValues.AddMessages(body.Messages, batch.Messages);
        body.Traces.AddRange(batch.Traces.Select(WireValues.ToBytes));
        return body;
    }

    private static ChannelNews.Batch FromBody(BatchBody body) =>
        new(WireValues.ToChannel(body.Channel), new Epoch(body.Epoch), WireValues.ToMessages(body.Messages))
        {
            Through = body.Through,
            Traces = body.Traces.Count == 0
                ? []
                : [.. body.Traces.Select(trace => WireValues.ToTrace(trace) ?? throw new InvalidDataException("a trace is empty"))],
        };

    private static HeadBody ToBody(ChannelNews.Head head) => new() { Channel = head.Channel.Value, Position = WireValues.ToValue(head.Position) };

    private static ChannelNews.Head FromBody(HeadBody body) =>
        new(WireValues.ToChannel(body.Channel), WireValues.ToRequiredPosition(body.Position));

    private static HeldBody ToBody(ChannelNews.Held held) =>
        new() { Channel = held.Channel.Value, Position = WireValues.ToValue(held.Position), Through = held.Through };

    private static ChannelNews.Held FromBody(HeldBody body) =>
        new(WireValues.ToChannel(body.Channel), WireValues.ToRequiredPosition(body.Position), body.Through);

    private static PresenceBody ToBody(ChannelNews.Presence presence)
    {
        var body = new PresenceBody
        {
            Channel = presence.Channel.Value,
            Change = (int)presence.Change,
            Count = presence.Count,
            Revision = presence.Revision,
        };
        body.Members.AddRange(presence.Members.Select(WireValues.ToValue));
        return body;
    }

    private static ChannelNews.Presence FromBody(PresenceBody body) => new(
        WireValues.ToChannel(body.Channel), WireValues.ToEnum<PresenceChange>(body.Change), [.. body.Members.Select(WireValues.ToMember)], body.Count,
        body.Revision);

    private static MovedBody ToBody(ChannelNews.Moved moved) => new() { Channel = moved.Channel.Value };

    private static ChannelNews.Moved FromBody(MovedBody body) => new(WireValues.ToChannel(body.Channel));
}
