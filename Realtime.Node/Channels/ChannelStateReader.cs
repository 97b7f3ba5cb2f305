using Google.Protobuf;
using Realtime.Cluster.Journal;
using Realtime.Messages.Frames;
using Realtime.Messages.Ids;
using Realtime.Messages.Exports;
using Realtime.Messages.Positions;
using Realtime.Node.Channels.Core;

namespace Realtime.Node.Channels;

/// <summary>Takes what <see cref="ChannelStateWriter"/> wrote. Nothing is believed: a log with a hole would be served as a whole one for ever.</summary>
internal static class ChannelStateReader
{
    /// <returns>Null, and a word in the log, when it cannot be read: the channel starts as if nobody had been before it.</returns>
    public static ChannelState? Read(ReadOnlyMemory<byte> bytes, ChannelLogging log)
    {
        try
        {
            return Read(bytes);
        }
        catch (InvalidDataException failure)
        {
            log.ImportUnreadable(failure);
            return null;
        }
    }

    /// <exception cref="InvalidDataException">The bytes are no state of a channel.</exception>
    public static ChannelState Read(ReadOnlyMemory<byte> bytes)
    {
        ChannelExport export;
        try
        {
            export = ChannelExport.Parser.ParseFrom(bytes.Span);
        }
        catch (InvalidProtocolBufferException failure)
        {
            throw new InvalidDataException("the bytes are no state of a channel", failure);
        }

        return new ChannelState
        {
            Listeners = [.. export.Listeners.Select(ListenerOf)],
            Presence = export.Presence is { } presence ? PresenceOf(presence) : null,
            Log = export.Log is { } log ? LogOf(log) : null,
        };
    }

    private static (NodeId Node, long Generation) ListenerOf(ChannelExport.Types.Listener listener)
    {
        Demand(listener.Node.Length > 0, "a listener has no name");
        return (new NodeId(listener.Node), listener.Generation);
    }

    private static ChannelState.PresenceState PresenceOf(ChannelExport.Types.Presence presence)
    {
        Demand(presence.Revision >= 0 && presence.Uncounted >= 0, "a roster counts below zero");
        var members = new List<Member>(presence.Members.Count);
        var unclaimed = new List<(SessionId, long)>();
        var known = new HashSet<SessionId>();
        foreach (var row in presence.Members)
        {
            var session = SessionOf(row.Session);
            Demand(known.Add(session), "a member is there twice");
            members.Add(new Member(session, row.HasUser ? new UserId(row.User) : null, new Payload(row.Data.Memory, row.Binary)));
            if (row.HasUnclaimedLeft)
            {
                unclaimed.Add((session, row.UnclaimedLeft));
            }
        }

        return new ChannelState.PresenceState(
            members, presence.Revision, unclaimed, presence.Uncounted, presence.UncountedLeft, presence.AdoptionLeft,
            [.. presence.Departed.Select(SessionOf)]);
    }

    private static ChannelState.LogState LogOf(ChannelExport.Types.Log log)
    {
        Demand(log.Epoch != 0, "a log has no epoch");
        Demand(log.Tail >= 1 && log.Head >= log.Tail - 1, $"a log ends at {log.Head} and begins at {log.Tail}");
        Demand(log.Messages.Count == log.Head - log.Tail + 1, $"a log from {log.Tail} to {log.Head} has {log.Messages.Count} messages");
        var messages = new List<LogMessage>(log.Messages.Count);
        foreach (var row in log.Messages)
        {
            messages.Add(MessageOf(log.Tail + messages.Count, row));
        }

        return new ChannelState.LogState(
            new Epoch(log.Epoch), log.Head, log.Tail, log.LastAt, messages, [.. log.Producers.SelectMany(MarksOf)]);
    }

    private static LogMessage MessageOf(long offset, ChannelExport.Types.Message row) => new(
        offset,
        new Payload(row.Payload.Memory, row.Binary),
        row.At,
        row.FromSession.IsEmpty ? default : SessionOf(row.FromSession),
        row.HasUser ? new UserId(row.User) : null)
    {
        Echo = !row.NoEcho,
        Tags = row.Tags.Count == 0 ? [] : [.. row.Tags.Select(tag => KeyValuePair.Create(tag.Key, tag.Value))],
    };

    private static IEnumerable<ProducerMark> MarksOf(ChannelExport.Types.Producer row)
    {
        Demand(ProducerId.TryParse(row.Id, out var producer), "a producer's id is none");
        Demand(row.Marks.Count <= ProducerMark.Slots, "a producer has more marks than slots");
        return row.Marks.Select(mark => new ProducerMark(producer, mark.Count, mark.Sequence, mark.Offset, mark.At));
    }

    private static SessionId SessionOf(ByteString bytes)
    {
        Demand(bytes.Length == SessionId.Bytes, $"a session is named in {bytes.Length} bytes");
        return SessionId.Read(bytes.Span);
    }

    private static void Demand(bool holds, string otherwise)
    {
        if (!holds)
        {
            throw new InvalidDataException(otherwise);
        }
    }
}
