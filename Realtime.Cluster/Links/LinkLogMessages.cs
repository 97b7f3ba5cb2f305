using Google.Protobuf.Collections;
using Realtime.Messages.Ids;
using Realtime.Messages.Positions;
using Wire = Realtime.Messages.Links;

namespace Realtime.Cluster.Links;

/// <summary>The messages of channels: most of what links carry.</summary>
internal static class LinkLogMessages
{
    public static void Add(RepeatedField<Wire.LogMessage> to, IReadOnlyList<LogMessage> messages)
    {
        to.Capacity = messages.Count;
        for (var i = 0; i < messages.Count; i++)
        {
            to.Add(ToWire(messages[i]));
        }
    }

    public static LogMessage[] Read(RepeatedField<Wire.LogMessage> messages) => LinkParts.ReadAll(messages, static message => Read(message));

    public static void Add(RepeatedField<Wire.Tag> to, IReadOnlyList<KeyValuePair<string, string>> tags)
    {
        for (var i = 0; i < tags.Count; i++)
        {
            to.Add(new Wire.Tag { Key = tags[i].Key, Value = tags[i].Value });
        }
    }

    public static KeyValuePair<string, string>[] Tags(RepeatedField<Wire.Tag> tags) =>
        LinkParts.ReadAll(tags, static tag => new KeyValuePair<string, string>(tag.Key, tag.Value));

    private static Wire.LogMessage ToWire(LogMessage message)
    {
        var wire = new Wire.LogMessage
        {
            Offset = message.Offset,
            Payload = LinkFields.Wrap(message.Payload.Bytes),
            Binary = message.Payload.IsBinary,
            At = message.At,
            Session = LinkFields.ToBytes(message.From),
            NoEcho = !message.Echo,
        };
        if (message.User is { } user)
        {
            wire.User = user.Value;
        }

        Add(wire.Tags, message.Tags);
        return wire;
    }

    private static LogMessage Read(Wire.LogMessage message) => new(
        LinkFields.Count(message.Offset, "message.offset"),
        new Payload(message.Payload.Memory, message.Binary),
        message.At,
        LinkFields.SessionOrNone(message.Session, "message.session"),
        LinkFields.UserOrNone(message.HasUser, message.User, "message.user"))
    {
        Tags = Tags(message.Tags),
        Echo = !message.NoEcho,
    };
}
