using System.Buffers;
using System.Text;
using System.Text.Json;
using Realtime.Messages.Errors;
using Realtime.Messages.Frames;
using Realtime.Messages.Ids;
using Realtime.Messages.Positions;
using static Realtime.Tests.Codecs.Json;

namespace Realtime.Tests.Codecs;

/// <summary>Frames cut, joined and spread over buffers in every way.</summary>
public sealed class CodecSplitTests
{
    public static readonly string[] Valid =
    [
        """{"type":"hello","id":1,"token":"t","session":"s","positions":{"a":"1:1","é":"2:2"},"subscriptions":[{"channel":"c","from":{"ago":1.5},"token":"t","presence":{}}],"producer":"p","client":{"name":"n","version":"v"},"data":null}""",
        """{"type":"positions","positions":{"b":"1:7","é":"2:9"},"more":true}""",
        """{"type":"subscribe","id":2,"channel":"c","from":"start","token":"t","presence":{"x":[1,2]}}""",
        """{"type":"unsubscribe","id":3,"channel":"c"}""",
        """{"type":"publish","id":4,"channel":"c","data":{"text":"h\u00e9 \ud83d\ude00 é"},"seq":1,"echo":false,"tags":{"a":"b"}}""",
        """{"type":"publish","id":5,"channel":"c","bytes":"AAEC"}""",
        """{"type":"history","id":6,"channel":"c","from":{"last":3},"limit":2,"reverse":true}""",
        """{"type":"presence","id":7,"channel":"c"}""",
        """{"type":"update","id":8,"channel":"c","presence":true}""",
        """{"type":"call","id":9,"method":"m","data":[],"seq":2}""",
        """{"type":"set","id":10,"key":"k","value":-1.5e3}""",
        """{"type":"refresh","id":11,"token":"t","channel":"c"}""",
        """{"type":"ack","positions":{"c":"1:1"}}""",
        """{"type":"pong","ack":{"c":"1:1"}}""",
        """{"type":"bye","id":12}""",
    ];

    [Fact]
    public void Every_prefix_of_a_frame_is_refused_and_the_whole_is_read()
    {
        foreach (var text in Valid.Append("[" + string.Join(',', Valid) + "]"))
        {
            var bytes = Encoding.UTF8.GetBytes(text);
            for (var length = 0; length < bytes.Length; length++)
            {
                var fault = Fault(bytes[..length]);
                fault.Code.ShouldBeOneOf(CloseCode.ProtocolError, CloseCode.InvalidText);
            }

            ReadAll(text).ShouldAllBe(frame => !(frame is ClientFrame.Malformed));
        }
    }

    [Fact]
    public void Every_kind_of_client_frame_is_among_them()
    {
        var kinds = Valid.Select(text => ReadAll(text)[0].GetType()).ToHashSet();
        kinds.ShouldBe(typeof(ClientFrame).GetNestedTypes().Where(kind => kind != typeof(ClientFrame.Malformed)), ignoreOrder: true);
    }

    [Fact]
    public void Frames_read_the_same_alone_and_in_an_array_cut_anywhere()
    {
        var alone = Valid.Select(text => ReadAll(text).ShouldHaveSingleItem()).ToList();
        for (var cut = 0; cut <= Valid.Length; cut++)
        {
            var frames = ReadAll("[" + string.Join(',', Valid[..cut]) + "]");
            frames.AddRange(ReadAll("[" + string.Join(" , ", Valid[cut..]) + "]"));
            frames.ShouldBeEquivalentTo(alone);
        }
    }

    [Fact]
    public void Two_frames_without_an_array_are_refused()
    {
        foreach (var text in Valid)
        {
            Fault(text + text).Code.ShouldBe(CloseCode.ProtocolError);
            Fault(text + "\n" + text).Code.ShouldBe(CloseCode.ProtocolError);
        }
    }

    [Fact]
    public void What_is_written_does_not_depend_on_the_spans_it_is_written_into()
    {
        var channel = Channel("chat:läbby");
        var message = new LogMessage(1, Data("[" + new string('7', 700) + "]"), 5, new SessionId(7), new UserId(new string('é', 900)));
        ServerFrame[] frames =
        [
            new ServerFrame.Message(channel, message),
            new ServerFrame.Message(channel, message with { Payload = new Payload(new byte[1_000], true) }),
            new ServerFrame.HistoryReply(1, channel, [message, message, message], Position("a:1"), Position("a:2"), true),
            new ServerFrame.Error(1, ErrorCode.Internal, new string('"', 500)),
        ];
        foreach (var frame in frames)
        {
            foreach (var size in new[] { 0, 1, 7, 300 })
            {
                var stingy = new Stingy(size);
                Codec.Write(frame, stingy);
                Encoding.UTF8.GetString(stingy.Written).ShouldBe(Written(frame));
            }
        }
    }

    [Fact]
    public void A_run_of_messages_is_what_the_single_frames_joined_are()
    {
        var channel = Channel("c");
        var messages = Enumerable.Range(1, 50).Select(i => new LogMessage(i, Data($"\"{i}\""), i)).ToList();
        var output = new ArrayBufferWriter<byte>();
        Codec.WriteMessages(channel, messages, output);
        var run = Encoding.UTF8.GetString(output.WrittenSpan);

        run.ShouldBe(string.Join(',', messages.Select(message => Written(new ServerFrame.Message(channel, message)))));
        using var document = JsonDocument.Parse($"[{run}]");
        document.RootElement.GetArrayLength().ShouldBe(50);
    }

    /// <summary>Gives what it is asked for and a little more, never a span twice.</summary>
    private sealed class Stingy(int more) : IBufferWriter<byte>
    {
        private readonly List<byte> _written = [];
        private byte[] _span = [];

        public byte[] Written => [.. _written];

        public void Advance(int count) => _written.AddRange(_span[..count]);

        public Memory<byte> GetMemory(int sizeHint = 0) => _span = new byte[sizeHint + more];

        public Span<byte> GetSpan(int sizeHint = 0) => GetMemory(sizeHint).Span;
    }
}
