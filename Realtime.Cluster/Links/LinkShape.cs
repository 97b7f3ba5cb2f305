using System.Buffers;
using System.Text.Unicode;
using Google.Protobuf.Reflection;
using Realtime.Messages.Links;

namespace Realtime.Cluster.Links;

/// <summary>
/// Looks at a frame before the parser does, for what the parser lets pass. It adds lengths without looking for overflow: a length near 2^31 takes its
/// limits away, and the next one makes it reserve gigabytes for a frame of twenty bytes. And it replaces what is not UTF-8, so that two names become one.
/// </summary>
internal sealed class LinkShape
{
    private const int LongestVarint = 10;

    /// <summary>By field number; null where no message stands.</summary>
    private readonly LinkShape?[] _parts;

    private readonly bool[] _texts;

    private LinkShape(MessageDescriptor message, Dictionary<MessageDescriptor, LinkShape> known)
    {
        known[message] = this;
        var fields = message.Fields.InFieldNumberOrder();
        _parts = new LinkShape?[fields.Count == 0 ? 0 : fields[^1].FieldNumber + 1];
        _texts = new bool[_parts.Length];
        foreach (var field in fields)
        {
            _texts[field.FieldNumber] = field.FieldType is FieldType.String;
            if (field.FieldType is FieldType.Message)
            {
                _parts[field.FieldNumber] = known.TryGetValue(field.MessageType, out var part) ? part : new LinkShape(field.MessageType, known);
            }
        }
    }

    public static LinkShape OfFrame { get; } = new(Frame.Descriptor, []);

    /// <exception cref="InvalidDataException">A length that does not fit, or no protobuf at all.</exception>
    public void Check(ReadOnlySequence<byte> bytes)
    {
        if (bytes.Length > int.MaxValue)
        {
            throw LinkFault.Of("a frame", "is longer than any frame may be");
        }

        var reader = new SequenceReader<byte>(bytes);
        Check(ref reader, reader.Length);
    }

    private void Check(ref SequenceReader<byte> reader, long end)
    {
        while (reader.Consumed < end)
        {
            // The parser cuts a longer tag off, and would find a message where this has seen none.
            var tag = Varint(ref reader);
            if (tag > uint.MaxValue || tag >> 3 == 0)
            {
                throw LinkFault.Of("a frame", "is not protobuf: a field without a valid number");
            }

            switch (tag & 7)
            {
                case 0:
                    Varint(ref reader);
                    break;
                case 1:
                    Skip(ref reader, 8);
                    break;
                case 2:
                    var length = Varint(ref reader);
                    if (reader.Consumed > end || length > (ulong)(end - reader.Consumed))
                    {
                        throw LinkFault.Of("a frame", "is not protobuf: a field is longer than what it stands in");
                    }

                    Enter(tag >> 3, ref reader, (long)length);
                    break;
                case 5:
                    Skip(ref reader, 4);
                    break;
                default:
                    throw LinkFault.Of("a frame", "is not protobuf: a field of no known wire type");
            }
        }

        if (reader.Consumed > end)
        {
            throw LinkFault.Of("a frame", "is not protobuf: a field goes on after the end of what it stands in");
        }
    }

    private void Enter(ulong number, ref SequenceReader<byte> reader, long length)
    {
        if (number < (ulong)_parts.Length && _parts[number] is { } part)
        {
            part.Check(ref reader, reader.Consumed + length);
        }
        else
        {
            if (number < (ulong)_texts.Length && _texts[number] && !IsText(ref reader, (int)length))
            {
                throw LinkFault.Of("a frame", "is not protobuf: a text is not UTF-8");
            }

            reader.Advance(length);
        }
    }

    /// <summary>A text that lies in several segments is copied: it is rare, and no longer than the frame.</summary>
    private static bool IsText(ref SequenceReader<byte> reader, int length) => length <= reader.UnreadSpan.Length
        ? Utf8.IsValid(reader.UnreadSpan[..length])
        : Utf8.IsValid(reader.UnreadSequence.Slice(0, length).ToArray());

    private static void Skip(ref SequenceReader<byte> reader, int count)
    {
        if (reader.Remaining < count)
        {
            throw LinkFault.Of("a frame", "is not protobuf: it ends within a number");
        }

        reader.Advance(count);
    }

    private static ulong Varint(ref SequenceReader<byte> reader)
    {
        var value = 0UL;
        for (var i = 0; i < LongestVarint; i++)
        {
            if (!reader.TryRead(out var part))
            {
                throw LinkFault.Of("a frame", "is not protobuf: it ends within a number");
            }

            value |= (ulong)(part & 0x7F) << (7 * i);
            if (part < 0x80)
            {
                return value;
            }
        }

        throw LinkFault.Of("a frame", "is not protobuf: a number is too long");
    }
}
