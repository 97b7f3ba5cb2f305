using Google.Protobuf;
using Realtime.Messages.Ids;
using Realtime.Messages.Persisted;
using Realtime.Messages.Positions;

namespace Realtime.Cluster.Journal;

/// <summary>Log message ↔ what is stored of it. Offset and time are columns of their own and do not repeat here.</summary>
internal static class RecordCodec
{
    public static MessageRecord ToRecord(LogMessage message)
    {
        // Wrapped, not copied: a payload is never a rented buffer, and the record lives only until it is written.
        var record = new MessageRecord
        {
            Payload = UnsafeByteOperations.UnsafeWrap(message.Payload.Bytes),
            Binary = message.Payload.IsBinary,
            NoEcho = !message.Echo,
        };
        if (!message.From.IsNone)
        {
            Span<byte> session = stackalloc byte[SessionId.Bytes];
            message.From.Write(session);
            record.FromSession = ByteString.CopyFrom(session);
        }

        if (message.User is { } user)
        {
            record.User = user.Value;
        }

        foreach (var (key, value) in message.Tags)
        {
            record.Tags.Add(new TagRecord { Key = key, Value = value });
        }

        return record;
    }

    /// <exception cref="InvalidDataException">The bytes are no message of ours.</exception>
    public static LogMessage Read(long offset, long at, ReadOnlySpan<byte> bytes)
    {
        MessageRecord record;
        try
        {
            record = MessageRecord.Parser.ParseFrom(bytes);
        }
        catch (InvalidProtocolBufferException e)
        {
            throw new InvalidDataException($"the stored message at offset {offset} cannot be read", e);
        }

        return new LogMessage(
            offset,
            new Payload(record.Payload.Memory, record.Binary),
            at,
            From(offset, record.FromSession),
            record.HasUser ? new UserId(record.User) : null)
        {
            Tags = Tags(record),
            Echo = !record.NoEcho,
        };
    }

    private static SessionId From(long offset, ByteString bytes) => bytes.Length switch
    {
        0 => default,
        SessionId.Bytes => SessionId.Read(bytes.Span),
        _ => throw new InvalidDataException($"the stored message at offset {offset} names a session in {bytes.Length} bytes"),
    };

    private static KeyValuePair<string, string>[] Tags(MessageRecord record)
    {
        if (record.Tags.Count == 0)
        {
            return [];
        }

        var tags = new KeyValuePair<string, string>[record.Tags.Count];
        for (var i = 0; i < tags.Length; i++)
        {
            tags[i] = new(record.Tags[i].Key, record.Tags[i].Value);
        }

        return tags;
    }
}
