using System.Text;
using Realtime.Messages.Errors;
using Realtime.Messages.Frames;
using static Realtime.Tests.Codecs.Json;

namespace Realtime.Tests.Codecs;

/// <summary>What is not the protocol at all closes the connection, and nothing of it takes effect.</summary>
public sealed class CodecFaultTests
{
    [Theory]
    [InlineData("")]
    [InlineData(" ")]
    [InlineData("hello")]
    [InlineData("{")]
    [InlineData("[")]
    [InlineData("]")]
    [InlineData("{\"type\":\"bye\"},")]
    [InlineData("{\"type\":\"bye\"}{\"type\":\"bye\"}")]
    [InlineData("[{\"type\":\"bye\"},]")]
    [InlineData("[{\"type\":\"bye\"}] x")]
    [InlineData("{'type':'bye'}")]
    [InlineData("{type:\"bye\"}")]
    [InlineData("{\"type\":\"by\ne\"}")]
    [InlineData("{\"type\":\"bye\",\"id\":01}")]
    [InlineData("{\"type\":\"bye\",\"id\":NaN}")]
    [InlineData("{\"type\":\"bye\",\"x\":\"\\x\"}")]
    [InlineData("{\"type\":\"bye\",\"x\":\"\\u12\"}")]
    [InlineData("// nothing\n{\"type\":\"bye\"}")]
    [InlineData("\ufeff{\"type\":\"bye\"}")]
    [InlineData("7")]
    [InlineData("null")]
    [InlineData("\"hello\"")]
    [InlineData("7 8")]
    public void What_is_no_JSON_object_or_array_is_a_protocol_error(string text) => Fault(text).Code.ShouldBe(CloseCode.ProtocolError);

    [Theory]
    [InlineData(new byte[] { 0xff })]
    [InlineData(new byte[] { 0xc0, 0xaf })]
    [InlineData(new byte[] { 0xed, 0xa0, 0x80 })]
    [InlineData(new byte[] { 0xf4, 0x90, 0x80, 0x80 })]
    [InlineData(new byte[] { 0xe2, 0x82 })]
    public void Invalid_UTF8_anywhere_is_an_invalid_text(byte[] bad)
    {
        byte[] inData = [.. """{"type":"publish","id":1,"channel":"a","data":"""u8, (byte)'"', .. bad, .. "\"}"u8];
        byte[] inUnknownField = [.. "{\"type\":\"bye\",\"x\":\""u8, .. bad, .. "\"}"u8];

        Fault(inData).Code.ShouldBe(CloseCode.InvalidText);
        Fault(inUnknownField).Code.ShouldBe(CloseCode.InvalidText);
        Fault(bad).Code.ShouldBe(CloseCode.InvalidText);
    }

    [Fact]
    public void A_message_holds_at_most_64_frames()
    {
        ReadAll(Array(64)).Count.ShouldBe(64);
        var fault = Fault(Array(65));
        fault.Code.ShouldBe(CloseCode.ProtocolError);
        fault.Reason.ShouldContain("64");

        static string Array(int count) => "[" + string.Join(',', Enumerable.Repeat("""{"type":"pong"}""", count)) + "]";
    }

    [Fact]
    public void An_empty_array_is_no_frames() => ReadAll(" [ ] ").ShouldBeEmpty();

    [Theory]
    [InlineData("data")]
    [InlineData("unknown")]
    public void A_frame_nests_at_most_32_deep_alone_or_in_company(string field)
    {
        // The frame itself is the first level.
        var deep = Publish(31);
        var tooDeep = Publish(32);

        ReadAll(deep).ShouldHaveSingleItem().ShouldBeOfType<ClientFrame.Publish>();
        ReadAll($"[{deep},{deep}]").Count.ShouldBe(2);
        Fault(tooDeep).Code.ShouldBe(CloseCode.ProtocolError);
        Fault($"[{deep},{tooDeep}]").Code.ShouldBe(CloseCode.ProtocolError);

        string Publish(int levels) =>
            $$"""{"type":"publish","id":1,"channel":"a","bytes":"","{{field}}":{{new string('[', levels)}}{{new string(']', levels)}}}"""
                .Replace(field == "data" ? "\"bytes\":\"\"," : "\0", "", StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("[")]
    [InlineData("{\"a\":")]
    [InlineData("[{\"type\":\"publish\",\"data\":")]
    public void A_megabyte_of_nesting_costs_nothing(string unit)
    {
        var bomb = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat(unit, 1_048_576 / unit.Length)));
        var frames = new List<ClientFrame>();
        Codec.Read(bomb, frames);
        var before = GC.GetAllocatedBytesForCurrentThread();
        Codec.Read(bomb, frames).ShouldNotBeNull().Code.ShouldBe(CloseCode.ProtocolError);

        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBeLessThan(16_384);
        frames.ShouldBeEmpty();
    }

    [Fact]
    public void The_beginning_of_a_message_that_is_broken_at_its_end_takes_no_effect() =>
        Fault("""[{"type":"publish","id":1,"channel":"a","data":1},{"type":"publish","id":2""").Code.ShouldBe(CloseCode.ProtocolError);
}
