using System.Buffers.Binary;
using System.Numerics;
using Google.Protobuf;
using Realtime.Messages.Ids;
using Realtime.Messages.Persisted.Events;
using Realtime.Messages.Positions;
using Realtime.Node.Persistence.Events;

namespace Realtime.Node.Persistence.Serialization;

/// <summary>
/// <see cref="LoggedEvent"/> ↔ bytes: a protobuf envelope whose header stands before the body and whose checksum stands at the end. The body
/// is written into the row's own buffer and read from it, never copied as a whole.
/// </summary>
internal static class EventCodec
{
    private const int ChecksumBytes = 1 + sizeof(uint);
    private const uint BodyTag = (EventEnvelope.BodyFieldNumber << 3) | 2;
    private const uint ChecksumTag = (EventEnvelope.ChecksumFieldNumber << 3) | 5;

    public static byte[] Write(LoggedEvent logged)
    {
        var (kind, body) = BodyCodec.ToRecord(logged.Body);
        var header = Header(logged, kind);
        var bodySize = body.CalculateSize();
        var size = header.CalculateSize() + CodedOutputStream.ComputeTagSize(EventEnvelope.BodyFieldNumber)
            + CodedOutputStream.ComputeLengthSize(bodySize) + bodySize + ChecksumBytes;
        var bytes = new byte[size];
        using (var output = new CodedOutputStream(bytes))
        {
            header.WriteTo(output);
            output.WriteTag(BodyTag);
            output.WriteLength(bodySize);
            body.WriteTo(output);
            output.WriteTag(ChecksumTag);
        }

        Seal(bytes);
        return bytes;
    }

    /// <summary>Never throws: a row that cannot be read is <see cref="JournalEvent.Corrupt"/>, with its extent if its header can still be read.</summary>
    public static LoggedEvent Read(byte[] bytes)
    {
        var header = new EventEnvelope();
        var body = default(ReadOnlyMemory<byte>?);
        try
        {
            body = ReadHeader(bytes, header);
            if (body is { } whole && IsSealed(bytes))
            {
                var read = BodyCodec.FromRecord((EventKind)header.Kind, header.FirstOffset, whole.Span);
                return new LoggedEvent(Origin(header), new Epoch(header.Epoch), read);
            }
        }
        catch (Exception e) when (e is InvalidProtocolBufferException or InvalidDataException)
        {
            return Corrupt(header, body is not null, e.Message);
        }

        return Corrupt(header, body is not null, body is null ? "it is torn" : "its checksum is wrong");
    }

    public static LoggedEvent Unknown(string manifest) =>
        new(EventOrigin.Unreadable, default, new JournalEvent.Corrupt($"its manifest is {manifest}, which this version does not know"));

    /// <summary>Writes the checksum into the last bytes.</summary>
    public static void Seal(Span<byte> bytes) => BinaryPrimitives.WriteUInt32LittleEndian(bytes[^sizeof(uint)..], Checksum(bytes[..^sizeof(uint)]));

    public static bool IsSealed(ReadOnlySpan<byte> bytes) => bytes.Length > ChecksumBytes
        && BinaryPrimitives.ReadUInt32LittleEndian(bytes[^sizeof(uint)..]) == Checksum(bytes[..^sizeof(uint)]);

    private static EventEnvelope Header(LoggedEvent logged, EventKind kind)
    {
        var appended = logged.Body as JournalEvent.ChannelAppended;
        return new EventEnvelope
        {
            Writer = logged.Origin.Writer.Value,
            Store = logged.Origin.Store,
            Instance = logged.Origin.Instance,
            FirstAppend = logged.Origin.FirstAppend,
            Appends = logged.Origin.Appends,
            Epoch = logged.Epoch.Value,
            Kind = (int)kind,
            FirstOffset = appended?.FirstOffset ?? 0,
            Messages = appended?.Messages.Count ?? 0,
        };
    }

    /// <summary>Reads fields until the body begins. Null: the bytes end before the body does.</summary>
    private static ReadOnlyMemory<byte>? ReadHeader(byte[] bytes, EventEnvelope header)
    {
        using var input = new CodedInputStream(bytes);
        while (input.ReadTag() is var tag and not 0)
        {
            if (tag == BodyTag)
            {
                var length = input.ReadLength();
                var start = (int)input.Position;
                return length >= 0 && length <= bytes.Length - start - ChecksumBytes ? bytes.AsMemory(start, length) : null;
            }

            ReadField(input, tag, header);
        }

        return null;
    }

    private static void ReadField(CodedInputStream input, uint tag, EventEnvelope header)
    {
        switch (tag >> 3)
        {
            case EventEnvelope.WriterFieldNumber:
                header.Writer = input.ReadInt64();
                break;
            case EventEnvelope.StoreFieldNumber:
                header.Store = input.ReadFixed64();
                break;
            case EventEnvelope.InstanceFieldNumber:
                header.Instance = input.ReadFixed64();
                break;
            case EventEnvelope.FirstAppendFieldNumber:
                header.FirstAppend = input.ReadInt64();
                break;
            case EventEnvelope.AppendsFieldNumber:
                header.Appends = input.ReadInt32();
                break;
            case EventEnvelope.EpochFieldNumber:
                header.Epoch = input.ReadFixed64();
                break;
            case EventEnvelope.KindFieldNumber:
                header.Kind = input.ReadInt32();
                break;
            case EventEnvelope.FirstOffsetFieldNumber:
                header.FirstOffset = input.ReadInt64();
                break;
            case EventEnvelope.MessagesFieldNumber:
                header.Messages = input.ReadInt32();
                break;
            default:
                input.SkipLastField();
                break;
        }
    }

    private static LoggedEvent Corrupt(EventEnvelope header, bool hasHeader, string reason)
    {
        // The kind stands before the numbers of messages, the body's tag behind them: a header that ends in between may lack them.
        var hasExtent = hasHeader || header.Messages > 0 || header.Kind is not ((int)EventKind.ChannelAppended or 0);
        return new LoggedEvent(
            hasExtent ? Origin(header) : EventOrigin.Unreadable,
            hasExtent ? new Epoch(header.Epoch) : default,
            new JournalEvent.Corrupt(reason, hasExtent ? header.FirstOffset : 0, hasExtent ? header.Messages : null));
    }

    private static EventOrigin Origin(EventEnvelope header) =>
        new(new Incarnation(header.Writer), header.Store, header.Instance, header.FirstAppend, header.Appends);

    /// <summary>CRC-32C (Castagnoli).</summary>
    private static uint Checksum(ReadOnlySpan<byte> bytes)
    {
        var crc = uint.MaxValue;
        while (bytes.Length >= sizeof(ulong))
        {
            crc = BitOperations.Crc32C(crc, BinaryPrimitives.ReadUInt64LittleEndian(bytes));
            bytes = bytes[sizeof(ulong)..];
        }

        foreach (var value in bytes)
        {
            crc = BitOperations.Crc32C(crc, value);
        }

        return ~crc;
    }
}
