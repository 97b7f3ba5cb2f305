using System.Buffers;
using FsCheck;
using FsCheck.Fluent;
using Realtime.Cluster.Links;
using Realtime.Messages.Entities;
using Realtime.Messages.Positions;

namespace Realtime.Tests.Links;

/// <summary>What one node writes is what the other reads.</summary>
public sealed class LinkCodecTests
{
    private static readonly LinkCodec Codec = new();

    [Fact]
    public void Every_sample_is_read_as_it_was_written()
    {
        foreach (var frame in LinkSamples.All)
        {
            LinkPicture.Of(Codec.Read(new ReadOnlySequence<byte>(Write(frame)))).ShouldBe(LinkPicture.Of(frame));
        }
    }

    [Fact]
    public void Every_record_that_may_cross_has_a_sample() =>
        LinkSamples.All.Select(LinkFamilies.CarriedBy).Distinct().ShouldBe(LinkFamilies.All, ignoreOrder: true);

    [Fact]
    public void Random_frames_of_every_record_are_read_as_they_were_written() =>
        Prop.ForAll(Gen.Choose(0, int.MaxValue - 1).ToArbitrary(), seed =>
        {
            foreach (var type in LinkFamilies.All)
            {
                var frame = new LinkRandom(seed).FrameOf(type);
                LinkPicture.Of(Codec.Read(new ReadOnlySequence<byte>(Write(frame)))).ShouldBe(LinkPicture.Of(frame));
            }
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(40).WithQuietOnSuccess(true));

    [Fact]
    public void A_frame_in_pieces_is_read_like_a_whole_one() =>
        Prop.ForAll(
            Gen.Choose(0, int.MaxValue - 1).Zip(Gen.Choose(1, 40)).ToArbitrary(), pair =>
        {
            var (seed, piece) = pair;
            var frame = new LinkRandom(seed).FrameOf(LinkFamilies.All[seed % LinkFamilies.All.Count]);
            LinkPicture.Of(Codec.Read(LinkPieces.Of(Write(frame), piece))).ShouldBe(LinkPicture.Of(frame));
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(300).WithQuietOnSuccess(true));

    [Fact]
    public void What_was_read_does_not_change_when_the_buffer_is_used_again()
    {
        foreach (var frame in LinkSamples.All)
        {
            var buffer = Write(frame);
            var read = Codec.Read(new ReadOnlySequence<byte>(buffer));
            Array.Fill(buffer, (byte)0xEE);
            LinkPicture.Of(read).ShouldBe(LinkPicture.Of(frame));
        }
    }

    [Fact]
    public void A_picture_tells_apart_what_must_not_be_confused()
    {
        LinkPicture.Of(new ChannelReply.Published(null)).ShouldNotBe(LinkPicture.Of(new ChannelReply.Published(default(StreamPosition))));
        LinkPicture.Of(LinkSamples.Json("1")).ShouldNotBe(LinkPicture.Of(LinkSamples.Json("1") with { IsBinary = true }));
        LinkSamples.All.Select(LinkPicture.Of).Distinct().Count().ShouldBe(LinkSamples.All.Count);
    }

    [Fact]
    public void A_page_of_messages_costs_little_more_memory_than_the_messages()
    {
        const int Count = 1_000;
        const int PayloadBytes = 200;
        var messages = Enumerable.Range(1, Count).Select(i => new LogMessage(i, new Payload(new byte[PayloadBytes]), i, LinkSamples.Session)).ToArray();
        LinkFrame[] frames =
        [
            new LinkFrame.News(new ChannelNews.Messages(LinkSamples.Channel, LinkSamples.Position.Epoch, messages)),
            new LinkFrame.Reply(1, new ChannelReply.Page(LinkSamples.Position, messages, LinkSamples.Position, null)),
        ];
        foreach (var frame in frames)
        {
            var output = new ArrayBufferWriter<byte>(Count * (PayloadBytes + 100));
            Codec.Write(frame, output);
            var bytes = new ReadOnlySequence<byte>(output.WrittenMemory);
            Codec.Read(bytes);
            output.ResetWrittenCount();

            var before = GC.GetAllocatedBytesForCurrentThread();
            Codec.Write(frame, output);
            var written = (GC.GetAllocatedBytesForCurrentThread() - before) / Count;
            before = GC.GetAllocatedBytesForCurrentThread();
            Codec.Read(bytes);
            var read = (GC.GetAllocatedBytesForCurrentThread() - before) / Count;

            // Written: no copy of any payload. Read: one copy of each.
            written.ShouldBeLessThan(PayloadBytes + 120);
            read.ShouldBeLessThan((2 * PayloadBytes) + 300);
        }
    }

    private static byte[] Write(LinkFrame frame)
    {
        var output = new ArrayBufferWriter<byte>();
        Codec.Write(frame, output);
        return output.WrittenSpan.ToArray();
    }
}
