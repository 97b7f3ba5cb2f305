using System.Buffers;
using System.Text;
using System.Text.Json;
using Realtime.Messages.Errors;
using Realtime.Messages.Frames;
using Realtime.Messages.Ids;
using Realtime.Messages.Positions;
using static Realtime.Tests.Codecs.Json;

namespace Realtime.Tests.Codecs;

/// <summary>Anything at all may come in: the codec answers with frames or a fault, never an exception, and at a bounded cost.</summary>
public sealed class CodecFuzzTests
{
    private const int Rounds = 20_000;

    /// <summary>Pieces that make random text more likely to get somewhere.</summary>
    private static readonly string[] Pieces =
    [
        "{", "}", "[", "]", ",", ":", "\"", "\\", "\\u", "d800", "dc00", "\\ud83d\\ude00", "null", "true", "-", "1", "e9", "9007199254740993", ".5", " ",
        "\"type\":\"publish\"", "\"type\":\"hello\"", "\"id\":1", "\"channel\":\"a\"", "\"data\":", "\"bytes\":\"AA==\"", "\"from\":{\"last\":1}",
        "\"positions\":{\"a\":\"1:1\"}", "\"subscriptions\":[{", "\"tags\":{", "\"seq\":", "é", "𝄞", "\u0000",
    ];

    [Fact]
    public void Random_bytes_never_break_it()
    {
        var random = new Random(20_261_121);
        for (var round = 0; round < Rounds; round++)
        {
            var message = new byte[random.Next(0, 80)];
            random.NextBytes(message);
            Feed(message);
        }
    }

    [Fact]
    public void Random_pieces_of_frames_never_break_it()
    {
        var random = new Random(20_261_122);
        for (var round = 0; round < Rounds; round++)
        {
            var text = string.Concat(Enumerable.Range(0, random.Next(1, 14)).Select(_ => Pieces[random.Next(Pieces.Length)]));
            Feed(Encoding.UTF8.GetBytes(random.Next(2) == 0 ? text : "{" + text + "}"));
        }
    }

    [Fact]
    public void Mutated_frames_never_break_it_and_some_are_still_read()
    {
        var random = new Random(20_261_123);
        var outcomes = new Dictionary<string, int>();
        for (var round = 0; round < Rounds; round++)
        {
            var message = Encoding.UTF8.GetBytes(CodecSplitTests.Valid[random.Next(CodecSplitTests.Valid.Length)]).ToList();
            for (var change = random.Next(1, 4); change > 0; change--)
            {
                Mutate(message, random);
            }

            var outcome = Feed([.. message]);
            outcomes[outcome] = outcomes.GetValueOrDefault(outcome) + 1;
        }

        // A fuzzer that only ever reaches one of the ends tests nothing.
        outcomes.Keys.ShouldBe(["read", "malformed", "fault"], ignoreOrder: true);
        outcomes.Values.ShouldAllBe(count => count > Rounds / 50);
    }

    [Fact]
    public void A_message_costs_no_more_memory_than_its_length_allows()
    {
        string[] costly =
        [
            "{\"type\":\"ack\",\"positions\":{" + string.Join(',', Enumerable.Range(0, 1_024).Select(i => $"\"{i}\":\"1:1\"")) + "}}",
            "{\"type\":\"hello\",\"id\":1,\"subscriptions\":[" + string.Join(',', Enumerable.Repeat("{\"channel\":\"a\"}", 1_024)) + "]}",
            "{\"type\":\"publish\",\"id\":1,\"channel\":\"a\",\"data\":[" + string.Join(',', Enumerable.Repeat("{}", 20_000)) + "]}",
            "{\"type\":\"publish\",\"id\":1,\"channel\":\"a\",\"bytes\":\"" + string.Concat(Enumerable.Repeat("\\u0041", 20_000)) + "\"}",
            "{\"type\":\"hello\",\"id\":1,\"token\":\"" + new string('x', 60_000) + "\"}",
            "{\"type\":\"call\",\"id\":1,\"method\":\"m\",\"data\":" + new string('9', 60_000) + "}",
            "{\"type\":\"nope\"," + string.Join(',', Enumerable.Repeat("\"x\":[[[[]]]]", 5_000)) + "}",
            "[" + string.Join(',', Enumerable.Repeat("{\"type\":\"publish\"}", 64)) + "]",
        ];
        var frames = new List<ClientFrame>(64);
        foreach (var text in costly)
        {
            var message = Encoding.UTF8.GetBytes(text);
            Codec.Read(message, frames);
            frames.Clear();
            var before = GC.GetAllocatedBytesForCurrentThread();
            Codec.Read(message, frames).ShouldBeNull();
            (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBeLessThan((20 * message.Length) + 4_096, text[..60]);
            frames.Clear();
        }
    }

    [Fact]
    public void An_ordinary_bad_frame_throws_nothing_inside()
    {
        var thrown = 0;
        var thread = Environment.CurrentManagedThreadId;
        EventHandler<System.Runtime.ExceptionServices.FirstChanceExceptionEventArgs> count = (_, _) =>
            thrown += Environment.CurrentManagedThreadId == thread ? 1 : 0;
        var bad = MalformedFrameTests.Frames.Select(row => Encoding.UTF8.GetBytes(row.Data.Item1)).ToList();
        var frames = new List<ClientFrame>();
        AppDomain.CurrentDomain.FirstChanceException += count;
        try
        {
            bad.ForEach(message => Codec.Read(message, frames));
        }
        finally
        {
            AppDomain.CurrentDomain.FirstChanceException -= count;
        }

        frames.Count.ShouldBe(bad.Count);
        thrown.ShouldBe(0);
    }

    [Fact]
    public void Random_server_frames_come_back_as_they_were_written()
    {
        var random = new Random(20_261_124);
        for (var round = 0; round < 2_000; round++)
        {
            var channel = ChannelName.FromStore("c" + Text(random));
            var message = new LogMessage(random.NextInt64(1, long.MaxValue), Data(JsonSerializer.Serialize(Text(random))), random.NextInt64(), new SessionId(1), new UserId(Text(random)))
            {
                Tags = [new(Text(random), Text(random))],
            };
            var output = new ArrayBufferWriter<byte>();
            Codec.Write(new ServerFrame.Message(channel, message, 0), output);

            using var document = JsonDocument.Parse(output.WrittenMemory);
            var root = document.RootElement;
            root.GetProperty("channel").GetString().ShouldBe(channel.Value);
            root.GetProperty("offset").GetInt64().ShouldBe(message.Offset);
            root.GetProperty("at").GetInt64().ShouldBe(message.At);
            root.GetProperty("data").GetRawText().ShouldBe(Encoding.UTF8.GetString(message.Payload.Bytes.Span));
            root.GetProperty("from").GetProperty("user").GetString().ShouldBe(message.User!.Value.Value);
            var tag = root.GetProperty("tags").EnumerateObject().Single();
            tag.Name.ShouldBe(message.Tags[0].Key);
            tag.Value.GetString().ShouldBe(message.Tags[0].Value);
        }
    }

    private static string Feed(byte[] message)
    {
        var frames = new List<ClientFrame>();
        var fault = Codec.Read(message, frames);
        if (fault is not null)
        {
            frames.ShouldBeEmpty();
            return "fault";
        }

        foreach (var frame in frames)
        {
            frame.Id.ShouldBeInRange(0, 1L << 53);
            (frame is not ClientFrame.Malformed bad || (bad.Message.Length is > 0 and < 200 && ErrorRegistry.Of(bad.Code) is not null)).ShouldBeTrue();
        }

        return frames.Exists(frame => frame is ClientFrame.Malformed) ? "malformed" : "read";
    }

    private static void Mutate(List<byte> message, Random random)
    {
        if (message.Count == 0)
        {
            return;
        }

        var at = random.Next(message.Count);
        switch (random.Next(6))
        {
            case 0:
                message[at] = (byte)random.Next(256);
                break;
            case 1:
                message[at] = (byte)random.Next(32, 127);
                break;
            case 2:
                message.RemoveAt(at);
                break;
            case 3:
                message.InsertRange(at, Encoding.UTF8.GetBytes(Pieces[random.Next(Pieces.Length)]));
                break;
            case 4:
                message.InsertRange(at, message.GetRange(at, random.Next(message.Count - at)));
                break;
            default:
                message.RemoveRange(at, random.Next(Math.Min(8, message.Count - at)));
                break;
        }
    }

    private static string Text(Random random)
    {
        const string Letters = "ab\"\\/\n\t\u0001é漢\u2028<&'";
        return string.Concat(Enumerable.Range(0, random.Next(0, 12)).Select(_ => random.Next(8) == 0 ? "\U0001F600" : Letters[random.Next(Letters.Length)].ToString()));
    }
}
