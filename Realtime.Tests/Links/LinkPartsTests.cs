using System.Buffers;
using Realtime.Cluster.Links;
using Realtime.Messages.Ids;

namespace Realtime.Tests.Links;

public sealed class LinkPartsTests
{
    [Theory]
    [InlineData("10.0.0.7:7001", "10.0.0.7:7001")]
    [InlineData("[::1]:7001", "[::1]:7001")]
    [InlineData("node-1.example.com:1", "Unspecified/node-1.example.com:1")]
    [InlineData("::1:7001", null)]
    [InlineData("node-1", null)]
    [InlineData(":7001", null)]
    [InlineData("node-1:0", null)]
    [InlineData("node-1:70000", null)]
    [InlineData("node-1:-1", null)]
    [InlineData("a b:7001", null)]
    [InlineData("[::1:7001", null)]
    [InlineData("", null)]
    public void Addresses_are_host_and_port(string address, string? expected) => $"{PeerAddress.TryParse(address)}".ShouldBe(expected ?? "");

    [Fact]
    public void Retries_come_further_and_further_apart_up_to_a_bound_and_spread()
    {
        var delay = new ReconnectDelay(TimeSpan.FromMilliseconds(50), TimeSpan.FromSeconds(2));

        Enumerable.Range(0, 8).Select(_ => delay.Next(0).TotalMilliseconds).ShouldBe([50, 100, 200, 400, 800, 1600, 2000, 2000]);
        delay.Next(0.999).TotalMilliseconds.ShouldBeInRange(1000, 1002);
        delay.Reset();
        delay.Next(0.5).TotalMilliseconds.ShouldBe(37.5);
    }

    [Fact]
    public void A_trouble_is_said_once_until_it_is_over_and_strangers_cannot_make_it_endless()
    {
        var said = new SaidOnce();

        said.IsFirst("a", "secret").ShouldBeTrue();
        said.IsFirst("a", "secret").ShouldBeFalse();
        said.IsFirst("a", "cluster").ShouldBeTrue();
        said.Forget("a");
        said.IsFirst("a", "secret").ShouldBeTrue();
        Enumerable.Range(0, 100_000).Count(n => said.IsFirst($"stranger {n}", "secret")).ShouldBeLessThan(260);
    }

    [Fact]
    public void A_hello_comes_back_as_it_was_and_no_other_bytes_are_one()
    {
        var hello = new LinkHello(1, 3, LinkNode.Cluster, new Incarnation(4), new NodeId("nød"), new Incarnation(5), Enumerable.Range(0, 32).Select(n => (byte)n).ToArray());
        var bytes = hello.ToBytes();

        var back = LinkHello.Of(bytes);
        (back with { Nonce = hello.Nonce }).ShouldBe(hello);
        back.Nonce.ToArray().ShouldBe(hello.Nonce.ToArray());
        for (var length = 0; length <= 76; length++)
        {
            Should.Throw<LinkRefusedException>(() => LinkHello.Of(bytes.AsSpan(0, length))).Cause.ShouldBe(LinkRefusal.Malformed);
        }

        Should.Throw<LinkRefusedException>(() => LinkHello.Of([.. bytes, 10])).Cause.ShouldBe(LinkRefusal.Malformed);
        Should.Throw<LinkRefusedException>(() => LinkHello.Of([.. bytes, 0xff])).Cause.ShouldBe(LinkRefusal.Malformed);
        Should.Throw<LinkRefusedException>(() => LinkHello.Of([.. bytes, .. new byte[256].Select(_ => (byte)'x')])).Cause.ShouldBe(LinkRefusal.Malformed);
    }

    [Fact]
    public void A_proof_holds_for_its_side_secret_and_words_only()
    {
        byte[] secret = [1, 2, 3], hello = [4, 5, 6], challenge = [7, 8];
        var proof = LinkProof.Make(secret, LinkProof.OfDialler, hello, challenge);

        LinkProof.Check(proof, secret, LinkProof.OfDialler, hello, challenge).ShouldBeTrue();
        LinkProof.Check(proof, secret, LinkProof.OfListener, hello, challenge).ShouldBeFalse();
        LinkProof.Check(proof, [1, 2, 4], LinkProof.OfDialler, hello, challenge).ShouldBeFalse();
        LinkProof.Check(proof, secret, LinkProof.OfDialler, [4, 5], [6, 7, 8]).ShouldBeFalse();
        LinkProof.Check([], secret, LinkProof.OfDialler, hello, challenge).ShouldBeFalse();
    }

    [Fact]
    public void A_queue_is_closed_at_first_and_at_last_and_bounded_between()
    {
        var queue = new LinkQueue(1000);
        FrameBuffer Frame() => new();

        queue.TryAdd(Frame(), false).ShouldBeFalse();
        queue.Open();
        Enumerable.Range(0, 100).Count(_ => queue.TryAdd(Frame(), false)).ShouldBe(3, "frames of 256 bytes held");
        queue.TryAdd(Frame(), true).ShouldBeFalse();
        var output = new ArrayBufferWriter<byte>();
        queue.MoveTo(output, 1).ShouldBeTrue();
        output.WrittenCount.ShouldBe(4);
        queue.TryAdd(Frame(), true).ShouldBeTrue();
        queue.Close();
        queue.MoveTo(output, 1).ShouldBeFalse();
        queue.TryAdd(Frame(), false).ShouldBeFalse();
    }

    [Fact]
    public void Frames_are_taken_whole_however_the_bytes_are_cut()
    {
        byte[] bytes = [2, 0, 0, 0, 8, 9, 0, 0, 0, 0, 1];
        for (var length = 0; length < 6; length++)
        {
            var part = new ReadOnlySequence<byte>(bytes, 0, length);
            LinkFraming.TryTake(ref part, 2, out _).ShouldBeFalse();
            part.Length.ShouldBe(length);
        }

        var read = new ReadOnlySequence<byte>(bytes);
        LinkFraming.TryTake(ref read, 2, out var frame).ShouldBeTrue();
        frame.ToArray().ShouldBe([8, 9]);
        LinkFraming.TryTake(ref read, 2, out frame).ShouldBeTrue();
        frame.IsEmpty.ShouldBeTrue();
        LinkFraming.TryTake(ref read, 2, out _).ShouldBeFalse();
        read.Length.ShouldBe(1);
        Should.Throw<InvalidDataException>(() =>
        {
            var long3 = new ReadOnlySequence<byte>([3, 0, 0, 0]);
            LinkFraming.TryTake(ref long3, 2, out _);
        });
    }
}
