using System.Buffers;
using Google.Protobuf;
using Realtime.Cluster.Links;

namespace Realtime.Tests.Links;

/// <summary>Anything at all may come in: a frame or the one exception that readers expect, at a cost that follows from the length.</summary>
public sealed class LinkCodecFuzzTests
{
    private const int Rounds = 20_000;
    private static readonly LinkCodec Codec = new();
    private static readonly byte[][] Valid = [.. LinkSamples.All.Select(Write)];

    [Fact]
    public void Random_bytes_are_a_frame_or_invalid_data()
    {
        var random = new Random(20_261_121);
        for (var round = 0; round < Rounds; round++)
        {
            var bytes = new byte[random.Next(0, 60)];
            random.NextBytes(bytes);
            if (bytes.Length > 0 && random.Next(2) == 0)
            {
                bytes[0] = (byte)((random.Next(1, 11) << 3) | 2);
            }

            Feed(bytes, random);
        }
    }

    [Fact]
    public void Mutated_frames_are_frames_or_invalid_data_and_both_happen()
    {
        var random = new Random(20_261_122);
        var read = 0;
        for (var round = 0; round < Rounds; round++)
        {
            var bytes = Valid[random.Next(Valid.Length)].ToList();
            for (var change = random.Next(1, 4); change > 0; change--)
            {
                Mutate(bytes, random);
            }

            read += Feed([.. bytes], random) ? 1 : 0;
        }

        read.ShouldBeInRange(Rounds / 50, Rounds - (Rounds / 50));
    }

    [Fact]
    public void A_frame_that_was_cut_off_is_invalid_data_or_a_shorter_frame()
    {
        var random = new Random(20_261_123);
        foreach (var frame in Valid)
        {
            for (var length = 0; length < frame.Length; length++)
            {
                Feed(frame[..length], random).ShouldBeFalse();
            }
        }
    }

    /// <summary>A length that is not there must not be reserved: 20 bytes would cost 2 GB.</summary>
    [Theory]
    [InlineData("0AFFFFFFFF072AFFFFFFFF07")]
    [InlineData("0AF0FFFFFF072AE0FFFFFF0761626364")]
    [InlineData("3AFFFFFFFF0722F0FFFFFF0761626364")]
    [InlineData("3AF0FFFFFF0722E0FFFFFF0761626364")]
    [InlineData("42F0FFFFFF0712E0FFFFFF0701010101")]
    [InlineData("22F0FFFFFF070AE0FFFFFF0709FFFFFFFFFFFFFFFF")]
    [InlineData("7AFFFFFFFF0701")]
    [InlineData("7A8080808001")]
    [InlineData("0A90808080012A808080800161626364")]
    [InlineData("3A9080808001228080808001616263646566")]
    [InlineData("4290808080011280808080010101010101")]
    [InlineData("0A0A2A808080800161616161")]
    [InlineData("0A0C2AFFFFFFFF0761616161")]
    public void A_length_that_is_not_there_costs_nothing(string hex)
    {
        // What is made once for all frames, the descriptions of all messages, is not what this is about.
        Codec.Read(new ReadOnlySequence<byte>(Convert.FromHexString("2A02084D")));

        var bytes = Convert.FromHexString(hex);
        foreach (var piece in new[] { 1, 3, bytes.Length })
        {
            // The first time: the second time a rented array would come for nothing.
            var before = GC.GetAllocatedBytesForCurrentThread();
            Should.Throw<InvalidDataException>(() => Codec.Read(LinkPieces.Of(bytes, piece)));
            (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBeLessThan(1_000_000);
        }
    }

    [Fact]
    public void A_frame_costs_no_more_memory_than_its_length_allows()
    {
        const int Length = 100_000;
        byte[][] costly =
        [
            Of(4, Of(1, Repeated([0x1A, 0], Length))),
            Of(4, Of(1, Repeated([0x1A, 2, 0x3A, 0], Length))),
            Of(2, Of(4, Repeated([0x12, 0], Length))),
            Of(8, Of(2, Repeated([1], Length))),
            Of(4, Of(48, Repeated([0x12, 0], Length))),
            Of(1, Of(41, Repeated([0x2A, 0], Length))),
            Of(1, Repeated([0x32, 0], Length)),
            Repeated([0x0A, 0], Length),
            Repeated([0x7A, 0], Length),
            Repeated([0x7B], Length),
            Of(99, Repeated([0x7A, 0], Length)),
        ];
        foreach (var bytes in costly)
        {
            Read(bytes);
            var before = GC.GetAllocatedBytesForCurrentThread();
            Read(bytes);
            (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBeLessThan(120L * bytes.Length, Convert.ToHexString(bytes[..12]));
        }

        static void Read(byte[] bytes)
        {
            try
            {
                Codec.Read(new ReadOnlySequence<byte>(bytes));
            }
            catch (InvalidDataException e)
            {
                e.Message.ShouldNotBeEmpty();
            }
        }
    }

    private static byte[] Of(int field, byte[] content)
    {
        using var stream = new MemoryStream();
        var output = new CodedOutputStream(stream);
        output.WriteTag(field, WireFormat.WireType.LengthDelimited);
        output.WriteBytes(ByteString.CopyFrom(content));
        output.Flush();
        return stream.ToArray();
    }

    private static byte[] Repeated(byte[] piece, int length) => [.. Enumerable.Repeat(piece, length / piece.Length).SelectMany(bytes => bytes)];

    private static bool Feed(byte[] bytes, Random random) => TryRead(LinkPieces.Of(bytes, random.Next(1, bytes.Length + 2)));

    /// <summary>Any other exception fails the test.</summary>
    private static bool TryRead(ReadOnlySequence<byte> bytes)
    {
        try
        {
            var frame = Codec.Read(bytes);
            LinkPicture.Of(frame).ShouldNotBeEmpty();

            // What was let in can be passed on.
            LinkPicture.Of(Codec.Read(new ReadOnlySequence<byte>(Write(frame)))).ShouldBe(LinkPicture.Of(frame));
            return true;
        }
        catch (InvalidDataException e)
        {
            e.InnerException.ShouldBeNull();
            e.Message.Length.ShouldBeInRange(10, 300);
            return false;
        }
    }

    private static byte[] Write(LinkFrame frame)
    {
        var output = new ArrayBufferWriter<byte>();
        Codec.Write(frame, output);
        return output.WrittenSpan.ToArray();
    }

    private static void Mutate(List<byte> bytes, Random random)
    {
        if (bytes.Count == 0)
        {
            return;
        }

        var at = random.Next(bytes.Count);
        switch (random.Next(5))
        {
            case 0:
                bytes[at] = (byte)random.Next(256);
                break;
            case 1:
                bytes[at] ^= (byte)(1 << random.Next(8));
                break;
            case 2:
                bytes.RemoveAt(at);
                break;
            case 3:
                bytes.InsertRange(at, bytes.GetRange(at, random.Next(bytes.Count - at)));
                break;
            default:
                bytes.Insert(at, (byte)random.Next(256));
                break;
        }
    }
}
