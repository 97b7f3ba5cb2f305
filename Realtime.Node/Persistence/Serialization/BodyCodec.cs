using Google.Protobuf;
using Realtime.Messages.Ids;
using Realtime.Messages.Persisted.Events;
using Realtime.Messages.Positions;
using Realtime.Node.Persistence.Events;

namespace Realtime.Node.Persistence.Serialization;

/// <summary>Bodies of events ↔ protobuf. Payloads are wrapped, not copied: they are never rented buffers.</summary>
internal static class BodyCodec
{
    public static (EventKind Kind, IMessage Record) ToRecord(JournalEvent body) => body switch
    {
        JournalEvent.Opened opened => (EventKind.Opened, ToRecord(opened)),
        JournalEvent.ChannelAppended appended => (EventKind.ChannelAppended, ToRecord(appended)),
        JournalEvent.SessionSaved saved => (EventKind.SessionSaved, saved.Record),
        JournalEvent.Ended ended => (EventKind.Ended, new EndedBody { At = ended.At }),
        JournalEvent.KeysAppended keys => (EventKind.KeysAppended, ToRecord(keys)),
        _ => throw new ArgumentException($"{body.GetType().Name} is never written", nameof(body)),
    };

    /// <exception cref="InvalidProtocolBufferException">The bytes are no such record.</exception>
    /// <exception cref="InvalidDataException">The record says what cannot be.</exception>
    public static JournalEvent FromRecord(EventKind kind, long firstOffset, ReadOnlySpan<byte> bytes) => kind switch
    {
        EventKind.Opened => FromRecord(OpenedBody.Parser.ParseFrom(bytes)),
        EventKind.ChannelAppended => FromRecord(ChannelAppendedBody.Parser.ParseFrom(bytes), firstOffset),
        EventKind.SessionSaved => new JournalEvent.SessionSaved(SessionRecord.Parser.ParseFrom(bytes)),
        EventKind.Ended => new JournalEvent.Ended(EndedBody.Parser.ParseFrom(bytes).At),
        EventKind.KeysAppended => FromRecord(KeysAppendedBody.Parser.ParseFrom(bytes)),
        _ => throw new InvalidDataException($"its kind is {(int)kind}, which this version does not know"),
    };

    private static OpenedBody ToRecord(JournalEvent.Opened opened)
    {
        var record = new OpenedBody();
        if (opened.Kept is { } kept)
        {
            var (kind, body) = ToRecord(kept);
            record.KeptKind = (int)kind;
            record.Kept = UnsafeByteOperations.UnsafeWrap(body.ToByteArray());
        }

        return record;
    }

    private static JournalEvent.Opened FromRecord(OpenedBody record) =>
        new(record.KeptKind == 0 ? null : FromRecord((EventKind)record.KeptKind, 0, record.Kept.Span));

    private static ChannelAppendedBody ToRecord(JournalEvent.ChannelAppended appended)
    {
        var record = new ChannelAppendedBody
        {
            At = appended.Messages.Count > 0 ? appended.Messages[0].Message.At : 0,
            Tail = appended.Tail ?? 0,
        };
        var producers = new Dictionary<ProducerId, int>();
        foreach (var (message, producer, sequence) in appended.Messages)
        {
            var written = ToRecord(message);
            written.AtDelta = message.At - record.At;
            if (producer is { } named)
            {
                if (!producers.TryGetValue(named, out var number))
                {
                    record.Producers.Add(named.Value);
                    producers.Add(named, number = record.Producers.Count);
                }

                written.Producer = number;
                written.Sequence = sequence ?? 0;
            }

            record.Messages.Add(written);
        }

        return record;
    }

    private static MessageRecord ToRecord(LogMessage message)
    {
        var record = new MessageRecord
        {
            Payload = UnsafeByteOperations.UnsafeWrap(message.Payload.Bytes),
            Binary = message.Payload.IsBinary,
            NoEcho = !message.Echo,
        };
        if (!message.From.IsNone)
        {
            record.FromSession = ToBytes(message.From);
        }

        if (!message.Except.IsNone)
        {
            record.ExceptSession = ToBytes(message.Except);
        }

        if (message.Expires is { } expires)
        {
            record.Expires = expires;
        }

        if (message.User is { } user)
        {
            record.User = user.Value;
        }

        record.Tags.AddRange(message.Tags.Select(tag => new TagRecord { Key = tag.Key, Value = tag.Value }));
        return record;
    }

    private static JournalEvent.ChannelAppended FromRecord(ChannelAppendedBody record, long firstOffset)
    {
        var messages = new LoggedMessage[record.Messages.Count];
        for (var i = 0; i < messages.Length; i++)
        {
            var stored = record.Messages[i];
            if (stored.Producer < 0 || stored.Producer > record.Producers.Count)
            {
                throw new InvalidDataException($"message {i} names producer {stored.Producer} of {record.Producers.Count}");
            }

            var message = FromRecord(stored, firstOffset + i, record.At + stored.AtDelta);
            messages[i] = stored.Producer == 0
                ? new LoggedMessage(message)
                : new LoggedMessage(message, ProducerId.FromStore(record.Producers[stored.Producer - 1]), stored.Sequence);
        }

        return new JournalEvent.ChannelAppended(messages, record.Tail == 0 ? null : record.Tail);
    }

    private static LogMessage FromRecord(MessageRecord stored, long offset, long at) => new(
        offset,
        new Payload(stored.Payload.Memory, stored.Binary),
        at,
        ToSession(stored.FromSession, offset),
        stored.HasUser ? new UserId(stored.User) : null)
    {
        Tags = stored.Tags.Count == 0 ? [] : [.. stored.Tags.Select(tag => new KeyValuePair<string, string>(tag.Key, tag.Value))],
        Echo = !stored.NoEcho,
        Except = ToSession(stored.ExceptSession, offset),
        Expires = stored.HasExpires ? stored.Expires : null,
    };

    private static ByteString ToBytes(SessionId session)
    {
        Span<byte> bytes = stackalloc byte[SessionId.Bytes];
        session.Write(bytes);
        return ByteString.CopyFrom(bytes);
    }

    private static SessionId ToSession(ByteString bytes, long offset) => bytes.Length switch
    {
        0 => default,
        SessionId.Bytes => SessionId.Read(bytes.Span),
        var length => throw new InvalidDataException($"the message at offset {offset} names a session in {length} bytes"),
    };

    private static KeysAppendedBody ToRecord(JournalEvent.KeysAppended appended)
    {
        var record = new KeysAppendedBody();
        foreach (var (id, key) in appended.Keys.OrderBy(key => key.Key))
        {
            record.Keys.Add(new KeyRecord { Id = id, Key = UnsafeByteOperations.UnsafeWrap(key) });
        }

        return record;
    }

    private static JournalEvent.KeysAppended FromRecord(KeysAppendedBody record)
    {
        var keys = new Dictionary<byte, ReadOnlyMemory<byte>>();
        foreach (var key in record.Keys)
        {
            keys[key.Id <= byte.MaxValue ? (byte)key.Id : throw new InvalidDataException($"it holds a key with the id {key.Id}")] = key.Key.Memory;
        }

        return new JournalEvent.KeysAppended(keys);
    }
}
