using System.Buffers;
using System.Buffers.Binary;
using Realtime.Cluster.Links;
using Realtime.Messages.Entities;
using Realtime.Messages.Ids;

namespace Realtime.Tests.Links;

/// <summary>
/// The least a codec can be, so that these tests are about the streams: a kind, a number, and for the kinds that carry something so many bytes.
/// </summary>
internal sealed class PlainCodec : ILinkCodec
{
    /// <summary>How many bytes a <see cref="LinkFrame.Moved"/> is made to have.</summary>
    public int Bulk { get; init; } = 9;

    public void Write(LinkFrame frame, IBufferWriter<byte> output)
    {
        var (kind, number, length) = frame switch
        {
            LinkFrame.Moved moved => ((byte)1, moved.Tag, Bulk),
            LinkFrame.ViewChanged changed => ((byte)2, changed.Version, 9),
            LinkFrame.Stage stage => ((byte)3, stage.HandOff, 9 + stage.State.Length),
            _ => throw new InvalidOperationException("not needed here"),
        };
        var bytes = output.GetSpan(length)[..length];
        bytes.Clear();
        bytes[0] = kind;
        BinaryPrimitives.WriteInt64LittleEndian(bytes[1..], number);
        (frame as LinkFrame.Stage)?.State.Span.CopyTo(bytes[9..]);
        output.Advance(length);
    }

    public LinkFrame Read(ReadOnlySequence<byte> bytes)
    {
        var all = bytes.ToArray();
        if (all.Length < 9)
        {
            throw new InvalidDataException("too short");
        }

        var number = BinaryPrimitives.ReadInt64LittleEndian(all.AsSpan(1));
        return all[0] switch
        {
            1 => Bulky(number),
            2 => new LinkFrame.ViewChanged(number),
            3 => new LinkFrame.Stage(number, default, all.AsMemory(9), true),
            _ => throw new InvalidDataException("of no known kind"),
        };
    }

    /// <summary>A frame that waits its turn.</summary>
    public static LinkFrame Bulky(long number) => new LinkFrame.Moved(number, new ShardId(0), 1, new Incarnation(1));
}
