using System.Buffers;
using System.Text;
using Realtime.Messages.Errors;
using Realtime.Messages.Frames;
using Realtime.Messages.Ids;
using Realtime.Messages.Positions;
using static Realtime.Tests.Codecs.Json;

namespace Realtime.Tests.Codecs;

/// <summary>Golden frames: every frame of protocol.md's table from server to client, byte for byte.</summary>
public sealed class ServerFrameTests
{
    private const string Alice = "AAECAwQFBgcICQoLDA0ODw";
    private const string Bob = "_____________________w";

    private static readonly SessionId AliceId = SessionId.Read([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15]);
    private static readonly SessionId BobId = new(UInt128.MaxValue);
    private static readonly ChannelName Lobby = Channel("chat:lobby");
    private static readonly Member AliceHere = new(AliceId, new UserId("alice"), Data("""{"mood":"ok"}"""));
    private static readonly Member BobHere = new(BobId, null, Data("null"));

    [Fact]
    public void Welcome_of_a_new_session() => Written(new ServerFrame.Welcome(1, "b7Qk", false)
    {
        Node = new NodeId("node-0"),
        PingEvery = 25,
        PingTimeout = 10,
        Limits = new SessionLimits(65536, 131072, 256, 128, 600),
        CrashWindow = 2000,
    }).ShouldBe(
        OneLine("""
            {"type":"welcome","id":1,"session":"b7Qk","resumed":false,"user":null,"node":"node-0","ping":{"every":25,"timeout":10},
            "limits":{"messageBytes":65536,"frameBytes":131072,"subscriptions":256,"inflight":128,"seqWindow":600},
            "crashWindow":2000,"subscriptions":[],"state":{}}
            """));

    [Fact]
    public void Welcome_of_a_resumed_session() => Written(new ServerFrame.Welcome(1, "b7Qk", true)
    {
        User = new UserId("al\"ice"),
        Node = new NodeId("node-0"),
        PingEvery = 25,
        PingTimeout = 10,
        Limits = new SessionLimits(1, 2, 3, 4, 5),
        CrashWindow = 2000,
        Others = ["ws://n2/v1/connect", "wss://n3/v1/connect"],
        Subscriptions =
        [
            new(Lobby, Position("k3f9:42"), Position("k3f9:45")) { Recovered = true },
            new(Channel("cursors"), null, null),
            new(Channel("b"), Position("z:0"), Position("z:2"))
            {
                Recovered = false,
                Gap = new GapNotice(GapReason.Epoch, Position("z:0")),
                Presence = new PresenceSnapshot([BobHere], 1, 7),
            },
        ],
        State = [new("theme", Data("\"dark\"")), new("a\\b", Data("[1]"))],
    }).ShouldBe(
        OneLine($$$"""
            {"type":"welcome","id":1,"session":"b7Qk","resumed":true,"user":"al\"ice","node":"node-0","ping":{"every":25,"timeout":10},
            "limits":{"messageBytes":1,"frameBytes":2,"subscriptions":3,"inflight":4,"seqWindow":5},"crashWindow":2000,"others":["ws://n2/v1/connect","wss://n3/v1/connect"],"subscriptions":[
            {"channel":"chat:lobby","position":"k3f9:42","head":"k3f9:45","recovered":true},{"channel":"cursors"},
            {"channel":"b","position":"z:0","head":"z:2","recovered":false,"gap":{"reason":"epoch","position":"z:0"},
            "members":[{"session":"{{{Bob}}}","user":null,"data":null}],"count":1,"rev":7}],
            "state":{"theme":"dark","a\\b":[1]}}
            """));

    [Fact]
    public void Reply_with_nothing_more() => Written(new ServerFrame.Done(4)).ShouldBe("""{"type":"reply","id":4}""");

    [Fact]
    public void Reply_to_subscribe() => Written(new ServerFrame.SubscribeReply(2, new(Lobby, Position("k3f9:40"), Position("k3f9:41"))))
        .ShouldBe("""{"type":"reply","id":2,"position":"k3f9:40","head":"k3f9:41"}""");

    [Fact]
    public void Reply_to_subscribe_with_every_field() => Written(new ServerFrame.SubscribeReply(
        2,
        new(Lobby, Position("k3f9:40"), Position("k3f9:41"))
        {
            Recovered = false,
            Gap = new GapNotice(GapReason.Trimmed, Position("k3f9:40"), 3, 40),
            Already = true,
            Presence = new PresenceSnapshot([AliceHere, BobHere], 2, 9),
        })).ShouldBe(
        OneLine($$$"""
            {"type":"reply","id":2,"position":"k3f9:40","head":"k3f9:41","recovered":false,
            "gap":{"from":3,"to":40,"reason":"trimmed","position":"k3f9:40"},"already":true,
            "members":[{"session":"{{{Alice}}}","user":"alice","data":{"mood":"ok"}},{"session":"{{{Bob}}}","user":null,"data":null}],
            "count":2,"rev":9}
            """));

    [Fact]
    public void Part_of_a_roster() =>
        Written(new ServerFrame.Roster(Lobby, new PresenceSnapshot([BobHere], 2, 9) { More = true })).ShouldBe(
            $$$"""{"type":"roster","channel":"chat:lobby","members":[{"session":"{{{Bob}}}","user":null,"data":null}],"count":2,"rev":9,"more":true}""");

    [Fact]
    public void Reply_to_subscribe_without_a_log() =>
        Written(new ServerFrame.SubscribeReply(2, new(Lobby, null, null))).ShouldBe("""{"type":"reply","id":2}""");

    [Fact]
    public void Reply_to_publish()
    {
        Written(new ServerFrame.PublishReply(3, Position("k3f9:42"))).ShouldBe("""{"type":"reply","id":3,"position":"k3f9:42"}""");
        Written(new ServerFrame.PublishReply(3, null)).ShouldBe("""{"type":"reply","id":3}""");
    }

    [Fact]
    public void Reply_to_history()
    {
        Written(new ServerFrame.HistoryReply(
            5, Lobby, [new(41, Data("1"), 1795284135000), new(42, Data("2"), 1795284136000, AliceId)], Position("k3f9:42"), Position("k3f9:50"), true))
            .ShouldBe(
                OneLine($$$"""
                    {"type":"reply","id":5,"messages":[{"type":"message","channel":"chat:lobby","offset":41,"data":1,"at":1795284135000},
                    {"type":"message","channel":"chat:lobby","offset":42,"data":2,"at":1795284136000,"from":{"session":"{{{Alice}}}","user":null}}],
                    "position":"k3f9:42","head":"k3f9:50","more":true}
                    """));
        Written(new ServerFrame.HistoryReply(5, Lobby, [], Position("k3f9:0"), Position("k3f9:0"), false))
            .ShouldBe("""{"type":"reply","id":5,"messages":[],"position":"k3f9:0","head":"k3f9:0","more":false}""");
    }

    [Fact]
    public void Reply_to_presence()
    {
        Written(new ServerFrame.PresenceReply(6, new([AliceHere], 1, 4))).ShouldBe(
            $$$"""{"type":"reply","id":6,"members":[{"session":"{{{Alice}}}","user":"alice","data":{"mood":"ok"}}],"count":1,"rev":4}""");
        Written(new ServerFrame.PresenceReply(6, new(null, 5000, 4))).ShouldBe("""{"type":"reply","id":6,"count":5000,"rev":4}""");
    }

    [Fact]
    public void Reply_to_call()
    {
        Written(new ServerFrame.CallReply(8, Data("[3]"))).ShouldBe("""{"type":"reply","id":8,"data":[3]}""");
        Written(new ServerFrame.CallReply(8, new Payload(new byte[] { 255 }, true))).ShouldBe("""{"type":"reply","id":8,"bytes":"/w=="}""");
        Written(new ServerFrame.CallReply(8, null)).ShouldBe("""{"type":"reply","id":8}""");
    }

    [Fact]
    public void Reply_to_refresh()
    {
        Written(new ServerFrame.RefreshReply(9, 1795284135000)).ShouldBe("""{"type":"reply","id":9,"expires":1795284135000}""");
        Written(new ServerFrame.RefreshReply(9, null)).ShouldBe("""{"type":"reply","id":9}""");
    }

    [Fact]
    public void Error()
    {
        Written(new ServerFrame.Error(7, ErrorCode.Unavailable, "the store cannot be reached", 500, Outcome.Unknown)).ShouldBe(
            """{"type":"error","id":7,"code":"unavailable","message":"the store cannot be reached","retryAfter":500,"outcome":"unknown"}""");
        Written(new ServerFrame.Error(0, ErrorCode.BadRequest, "publish.id is missing")).ShouldBe(
            """{"type":"error","code":"bad_request","message":"publish.id is missing","outcome":"none"}""");
    }

    [Fact]
    public void Message_with_the_fields_it_needs() =>
        Written(new ServerFrame.Message(Lobby, new(41, Data("""{ "text":"hi" }"""), 1795284135000))).ShouldBe(
            """{"type":"message","channel":"chat:lobby","offset":41,"data":{ "text":"hi" },"at":1795284135000}""");

    [Fact]
    public void Message_with_every_field() =>
        Written(new ServerFrame.Message(
            Lobby, new(42, Data("1"), 1795284136000, AliceId, new UserId("alice")) { Tags = [new("b", "2"), new("a\n", "\t")] }, 39)).ShouldBe(
            OneLine($$$"""
                {"type":"message","channel":"chat:lobby","offset":42,"prev":39,"data":1,"at":1795284136000,
                "from":{"session":"{{{Alice}}}","user":"alice"},"tags":{"b":"2","a\n":"\t"}}
                """));

    [Fact]
    public void Message_of_bytes_on_a_channel_without_a_log() =>
        Written(new ServerFrame.Message(Channel("cursors"), new(0, new Payload(new byte[] { 0, 1, 2, 255 }, true), 5), 4)).ShouldBe(
            """{"type":"message","channel":"cursors","bytes":"AAEC/w==","at":5}""");

    [Fact]
    public void Message_right_after_its_predecessor_does_not_name_it() =>
        Written(new ServerFrame.Message(Lobby, new(42, Data("1"), 5), 41)).ShouldNotContain("prev");

    [Fact]
    public void Gap()
    {
        Written(new ServerFrame.Gap(Lobby, new(GapReason.Lagged, Position("k3f9:9"), 5, 9))).ShouldBe(
            """{"type":"gap","channel":"chat:lobby","from":5,"to":9,"reason":"lagged","position":"k3f9:9"}""");
        Written(new ServerFrame.Gap(Lobby, new(GapReason.Epoch, Position("new:0")))).ShouldBe(
            """{"type":"gap","channel":"chat:lobby","reason":"epoch","position":"new:0"}""");
    }

    [Theory]
    [InlineData(GapReason.Trimmed, "trimmed")]
    [InlineData(GapReason.Epoch, "epoch")]
    [InlineData(GapReason.Ahead, "ahead")]
    [InlineData(GapReason.Lagged, "lagged")]
    [InlineData(GapReason.Corrupt, "corrupt")]
    public void Gap_reasons_have_the_names_of_the_protocol(GapReason reason, string name) =>
        Written(new ServerFrame.Gap(Lobby, new(reason, Position("1:1")))).ShouldContain($"\"reason\":\"{name}\"");

    [Theory]
    [InlineData(PresenceChange.Joined, "joined")]
    [InlineData(PresenceChange.Left, "left")]
    [InlineData(PresenceChange.Changed, "changed")]
    public void Changes_of_presence(PresenceChange change, string type) =>
        Written(new ServerFrame.PresenceChanged(Lobby, change, [AliceHere], 12)).ShouldBe(
            $$$"""{"type":"{{{type}}}","channel":"chat:lobby","members":[{"session":"{{{Alice}}}","user":"alice","data":{"mood":"ok"}}],"rev":12}""");

    [Fact]
    public void Roster()
    {
        Written(new ServerFrame.Roster(Lobby, new([], 0, 3))).ShouldBe(
            """{"type":"roster","channel":"chat:lobby","members":[],"count":0,"rev":3}""");
        Written(new ServerFrame.Roster(Lobby, new(null, 900, 3))).ShouldBe("""{"type":"roster","channel":"chat:lobby","count":900,"rev":3}""");
    }

    [Fact]
    public void Subscribed_and_unsubscribed_by_the_server()
    {
        Written(new ServerFrame.Subscribed(Channel("@alice"), Position("a:1"), Position("a:2"), "personal")).ShouldBe(
            """{"type":"subscribed","channel":"@alice","position":"a:1","head":"a:2","reason":"personal"}""");
        Written(new ServerFrame.Subscribed(Channel("@alice"), null, null, null)).ShouldBe("""{"type":"subscribed","channel":"@alice"}""");
        Written(new ServerFrame.Unsubscribed(Lobby, Position("a:1"), "forbidden")).ShouldBe(
            """{"type":"unsubscribed","channel":"chat:lobby","position":"a:1","reason":"forbidden"}""");
    }

    [Fact]
    public void Move()
    {
        Written(new ServerFrame.Move("wss://n2.example/v1/connect", "t1", 0, 1000, MoveReason.Rebalance)).ShouldBe(
            """{"type":"move","url":"wss://n2.example/v1/connect","ticket":"t1","after":0,"within":1000,"reason":"rebalance"}""");
        Written(new ServerFrame.Move("wss://n2.example/v1/connect", null, 5, 0, MoveReason.Drain)).ShouldBe(
            """{"type":"move","url":"wss://n2.example/v1/connect","after":5,"within":0,"reason":"drain"}""");
    }

    [Fact]
    public void Ping() => Written(new ServerFrame.Ping()).ShouldBe("""{"type":"ping"}""");

    [Fact]
    public void Goodbye()
    {
        Written(new ServerFrame.Goodbye(CloseCode.Superseded, "superseded", null)).ShouldBe(
            """{"type":"goodbye","code":4200,"reason":"superseded","reconnect":false}""");
        Written(new ServerFrame.Goodbye(CloseCode.Drain, "drain", new ReconnectAdvice(0, 5000))).ShouldBe(
            """{"type":"goodbye","code":4100,"reason":"drain","reconnect":{"after":0,"within":5000}}""");
    }

    [Fact]
    public void A_run_of_messages_names_the_predecessor_only_where_offsets_jump()
    {
        var output = new ArrayBufferWriter<byte>();
        Codec.WriteMessages(Channel("c"), [new(5, Data("1"), 9), new(6, Data("2"), 9), new(9, Data("3"), 9)], output, previous: 2);

        Encoding.UTF8.GetString(output.WrittenSpan).ShouldBe(
            OneLine("""
                {"type":"message","channel":"c","offset":5,"prev":2,"data":1,"at":9},
                {"type":"message","channel":"c","offset":6,"data":2,"at":9},
                {"type":"message","channel":"c","offset":9,"prev":6,"data":3,"at":9}
                """));
    }

    [Fact]
    public void A_run_on_a_channel_without_a_log_names_no_offset()
    {
        var output = new ArrayBufferWriter<byte>();
        Codec.WriteMessages(Channel("c"), [new(0, Data("1"), 9), new(0, Data("2"), 9)], output);

        Encoding.UTF8.GetString(output.WrittenSpan).ShouldBe(
            """{"type":"message","channel":"c","data":1,"at":9},{"type":"message","channel":"c","data":2,"at":9}""");
    }

    [Fact]
    public void An_empty_run_is_nothing()
    {
        var output = new ArrayBufferWriter<byte>();
        Codec.WriteMessages(Channel("c"), [], output);
        output.WrittenCount.ShouldBe(0);
    }

    /// <summary>The golden frames above are spelled by hand; this one makes sure that no kind of frame was forgotten.</summary>
    [Fact]
    public void Every_kind_of_frame_has_a_golden_test()
    {
        var source = File.ReadAllText(Path.Combine(SourceTree.Root, "Realtime.Tests", "Codecs", "ServerFrameTests.cs"));
        foreach (var kind in typeof(ServerFrame).GetNestedTypes())
        {
            source.ShouldContain($"new ServerFrame.{kind.Name}(");
        }
    }
}
