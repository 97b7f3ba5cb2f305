using Google.Protobuf;
using Realtime.Messages.Ids;
using Realtime.Messages.Exports;
using Realtime.Messages.Positions;
using Realtime.Node.Channels.Core;

namespace Realtime.Node.Channels;

/// <summary>A channel's state as bytes for the next owner of its shard.</summary>
internal static class ChannelStateWriter
{
    public static ReadOnlyMemory<byte> ToBytes(ChannelState state)
    {
        var export = new ChannelExport();
        foreach (var (node, generation) in state.Listeners)
        {
            export.Listeners.Add(new ChannelExport.Types.Listener { Node = node.Name, Generation = generation });
        }

        if (state.Presence is { } presence)
        {
            export.Presence = PresenceOf(presence);
        }

        if (state.Log is { } log)
        {
            export.Log = LogOf(log);
        }

        return export.ToByteArray();
    }

    private static ChannelExport.Types.Presence PresenceOf(ChannelState.PresenceState presence)
    {
        var written = new ChannelExport.Types.Presence
        {
            Revision = presence.Revision,
            Uncounted = presence.Uncounted,
            UncountedLeft = presence.UncountedLeft,
            AdoptionLeft = presence.AdoptionLeft,
        };
        var unclaimed = presence.Unclaimed.ToDictionary(entry => entry.Session, entry => entry.Left);
        foreach (var member in presence.Members)
        {
            var row = new ChannelExport.Types.Member
            {
                Session = BytesOf(member.Session),
                Data = UnsafeByteOperations.UnsafeWrap(member.Data.Bytes),
                Binary = member.Data.IsBinary,
            };
            if (member.User is { } user)
            {
                row.User = user.Value;
            }

            if (unclaimed.TryGetValue(member.Session, out var left))
            {
                row.UnclaimedLeft = left;
            }

            written.Members.Add(row);
        }

        written.Departed.AddRange(presence.Departed.Select(BytesOf));
        return written;
    }

    private static ChannelExport.Types.Log LogOf(ChannelState.LogState log)
    {
        var written = new ChannelExport.Types.Log { Epoch = log.Epoch.Value, Head = log.Head, Tail = log.Tail, LastAt = log.LastAt };
        written.Messages.AddRange(log.Messages.Select(MessageOf));
        foreach (var marks in log.Producers.GroupBy(mark => mark.Producer))
        {
            var producer = new ChannelExport.Types.Producer { Id = marks.Key.Value };
            producer.Marks.AddRange(marks.OrderBy(mark => mark.Count).Select(mark => new ChannelExport.Types.Mark
            {
                Count = mark.Count, Sequence = mark.Sequence, Offset = mark.Offset, At = mark.At,
            }));
            written.Producers.Add(producer);
        }

        return written;
    }

    private static ChannelExport.Types.Message MessageOf(LogMessage message)
    {
        // Wrapped, not copied: the bytes are written before anybody could change them, and nobody does.
        var written = new ChannelExport.Types.Message
        {
            Payload = UnsafeByteOperations.UnsafeWrap(message.Payload.Bytes),
            Binary = message.Payload.IsBinary,
            At = message.At,
            NoEcho = !message.Echo,
        };
        if (!message.From.IsNone)
        {
            written.FromSession = BytesOf(message.From);
        }

        if (message.User is { } user)
        {
            written.User = user.Value;
        }

        written.Tags.AddRange(message.Tags.Select(tag => new ChannelExport.Types.Tag { Key = tag.Key, Value = tag.Value }));
        return written;
    }

    private static ByteString BytesOf(SessionId session)
    {
        Span<byte> bytes = stackalloc byte[SessionId.Bytes];
        session.Write(bytes);
        return ByteString.CopyFrom(bytes);
    }
}
