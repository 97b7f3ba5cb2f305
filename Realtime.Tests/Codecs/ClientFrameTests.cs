using Realtime.Messages.Frames;
using Realtime.Messages.Ids;
using Realtime.Messages.Positions;
using static Realtime.Tests.Codecs.Json;

namespace Realtime.Tests.Codecs;

/// <summary>Golden frames: every frame of protocol.md's table from client to server, with every field it may have.</summary>
public sealed class ClientFrameTests
{
    [Fact]
    public void Hello_with_every_field()
    {
        var frame = Read<ClientFrame.Hello>("""
            {"type":"hello","id":1,"token":"ey.J.h","session":"b7Qk","positions":{"chat:lobby":"k3f9:42","a":"1:0"},
             "subscriptions":[{"channel":"chat:lobby","from":"k3f9:40","token":"sub","presence":{"x":1}},{"channel":"b"}],
             "producer":"p-81c2","attempt":1795284135000,"client":{"name":"js","version":"1.2"},"data":[ 1, 2 ]}
            """);

        frame.Id.ShouldBe(1);
        frame.Token.ShouldBe("ey.J.h");
        frame.Session.ShouldBe("b7Qk");
        frame.Positions.ShouldBe([new(Channel("chat:lobby"), Position("k3f9:42")), new(Channel("a"), Position("1:0"))]);
        frame.Subscriptions.ShouldBe(
        [
            new(Channel("chat:lobby")) { From = new StartFrom.At(Position("k3f9:40")), Token = "sub", Presence = Data("""{"x":1}""") },
            new(Channel("b")),
        ]);
        ProducerId.TryParse("p-81c2", out var producer).ShouldBeTrue();
        frame.Producer.ShouldBe(producer);
        frame.Attempt.ShouldBe(1_795_284_135_000);
        frame.ClientName.ShouldBe("js");
        frame.ClientVersion.ShouldBe("1.2");
        frame.Data.ShouldBe(Data("[ 1, 2 ]"));
    }

    [Fact]
    public void Hello_with_nothing_but_its_id()
    {
        var frame = Read<ClientFrame.Hello>("""{"type":"hello","id":9007199254740992}""");

        frame.Id.ShouldBe(9007199254740992);
        frame.Token.ShouldBeNull();
        frame.Session.ShouldBeNull();
        frame.Positions.ShouldBeEmpty();
        frame.Subscriptions.ShouldBeEmpty();
        frame.Producer.ShouldBeNull();
        frame.Attempt.ShouldBeNull();
        frame.ClientName.ShouldBeNull();
        frame.ClientVersion.ShouldBeNull();
        frame.Data.ShouldBeNull();
    }

    [Fact]
    public void Subscribe_with_every_field()
    {
        var frame = Read<ClientFrame.Subscribe>(
            """{"type":"subscribe","id":2,"channel":"$chat:vip","from":{"last":1},"token":"t","presence":null}""");

        frame.Id.ShouldBe(2);
        frame.Request.ShouldBe(new(Channel("$chat:vip")) { From = new StartFrom.Last(1), Token = "t", Presence = Data("null") });
    }

    [Fact]
    public void Subscribe_with_its_channel_alone() =>
        Read<ClientFrame.Subscribe>("""{"type":"subscribe","id":2,"channel":"chat"}""").Request.ShouldBe(new(Channel("chat")));

    public static TheoryData<string, StartFrom> Starts => new()
    {
        { "\"live\"", StartFrom.Live },
        { "\"start\"", StartFrom.Start },
        { "\"k3f9:40\"", new StartFrom.At(Position("k3f9:40")) },
        { "\"k3f9:0\"", new StartFrom.At(Position("k3f9:0")) },
        { "\"3w5e11264sgsf:9223372036854775807\"", new StartFrom.At(new(new(ulong.MaxValue), long.MaxValue)) },
        { """{"last":0}""", new StartFrom.Last(0) },
        { """{"last":1000000}""", new StartFrom.Last(1_000_000) },
        { """{"ago":0.5}""", new StartFrom.Ago(0.5) },
        { """{"ago":3600,"later":{"last":1}}""", new StartFrom.Ago(3_600) },
        { """{"ago":1e3}""", new StartFrom.Ago(1_000) },
    };

    [Theory]
    [MemberData(nameof(Starts))]
    public void A_start_takes_each_of_its_forms(string json, StartFrom start)
    {
        Read<ClientFrame.Subscribe>($$"""{"type":"subscribe","id":2,"channel":"c","from":{{json}}}""").Request.From.ShouldBe(start);
        Read<ClientFrame.History>($$"""{"type":"history","id":2,"channel":"c","from":{{json}}}""").From.ShouldBe(start);
    }

    [Fact]
    public void Unsubscribe() =>
        Read<ClientFrame.Unsubscribe>("""{"type":"unsubscribe","id":4,"channel":"chat:lobby"}""")
            .ShouldBe(new(4, Channel("chat:lobby")));

    [Fact]
    public void Publish_with_every_field()
    {
        var frame = Read<ClientFrame.Publish>(
            """{"type":"publish","id":3,"seq":1,"channel":"chat:lobby","data":{ "text" : "h\u00e9\ud83d\ude00" },"echo":false,"tags":{"b":"2","a":""}}""");

        frame.Id.ShouldBe(3);
        frame.Channel.ShouldBe(Channel("chat:lobby"));
        frame.Payload.ShouldBe(Data("""{ "text" : "h\u00e9\ud83d\ude00" }"""), "payloads are passed on exactly as sent");
        frame.Sequence.ShouldBe(1);
        frame.Echo.ShouldBeFalse();
        frame.Tags.ShouldBe([new("b", "2"), new("a", "")]);
    }

    [Fact]
    public void Publish_with_the_fields_it_needs()
    {
        var frame = Read<ClientFrame.Publish>("""{"type":"publish","id":3,"channel":"c","data":null}""");

        frame.Payload.ShouldBe(Data("null"));
        frame.Sequence.ShouldBeNull();
        frame.Echo.ShouldBeTrue();
        frame.Tags.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("\"\"", new byte[0])]
    [InlineData("\"AAEC/w==\"", new byte[] { 0, 1, 2, 255 })]
    [InlineData("\"AAEC\\/w==\"", new byte[] { 0, 1, 2, 255 })]
    public void Publish_of_bytes(string base64, byte[] bytes) =>
        Read<ClientFrame.Publish>($$"""{"type":"publish","id":3,"channel":"c","bytes":{{base64}}}""")
            .Payload.ShouldBe(new Payload(bytes, IsBinary: true));

    [Theory]
    [InlineData("0")]
    [InlineData("-1.5e300")]
    [InlineData("1e999999")]
    [InlineData("123456789012345678901234567890123456789012345678901234567890")]
    [InlineData("true")]
    [InlineData("\"\"")]
    [InlineData("\"é𝄞\"")]
    [InlineData("\"\\\\ud800 \\\\\\\\udc00\"")]
    [InlineData("\"\\ud83d\\ude00\\\"\\\\\"")]
    [InlineData("[]")]
    [InlineData("{\"a\":1,\"a\":2}")]
    [InlineData("{\"type\":\"bye\",\"id\":\"x\"}")]
    public void Any_JSON_value_is_a_payload(string json) =>
        Read<ClientFrame.Publish>($$"""{"type":"publish","id":3,"channel":"c","data":{{json}}}""").Payload.ShouldBe(Data(json));

    [Fact]
    public void History_with_every_field()
    {
        var frame = Read<ClientFrame.History>(
            """{"type":"history","id":5,"channel":"c","from":"start","limit":50,"reverse":true}""");

        frame.ShouldBe(new(5, Channel("c")) { From = StartFrom.Start, Limit = 50, Reverse = true });
    }

    [Fact]
    public void History_with_its_channel_alone() =>
        Read<ClientFrame.History>("""{"type":"history","id":5,"channel":"c"}""").ShouldBe(new(5, Channel("c")));

    [Fact]
    public void Presence()
    {
        Read<ClientFrame.Presence>("""{"type":"presence","id":6,"channel":"c"}""").ShouldBe(new(6, Channel("c")));
        Read<ClientFrame.Presence>($$"""{"type":"presence","id":6,"channel":"c","after":"{{new SessionId(9)}}"}""")
            .ShouldBe(new(6, Channel("c"), new SessionId(9)));
    }

    [Fact]
    public void Update() =>
        Read<ClientFrame.Update>("""{"type":"update","id":7,"channel":"c","presence":{"typing":true}}""")
            .ShouldBe(new(7, Channel("c"), Data("""{"typing":true}""")));

    [Fact]
    public void Call_with_every_field() =>
        Read<ClientFrame.Call>("""{"type":"call","id":8,"method":"add","data":[1,2],"seq":9}""")
            .ShouldBe(new(8, "add", Data("[1,2]"), 9));

    [Fact]
    public void Call_without_arguments() =>
        Read<ClientFrame.Call>("""{"type":"call","id":8,"method":"now"}""").ShouldBe(new(8, "now", null, null));

    [Fact]
    public void Set() =>
        Read<ClientFrame.Set>("""{"type":"set","id":9,"key":"theme","value":"dark"}""").ShouldBe(new(9, "theme", Data("\"dark\"")));

    [Fact]
    public void Set_of_null_removes() =>
        Read<ClientFrame.Set>("""{"type":"set","id":9,"key":"theme","value":null}""").ShouldBe(new(9, "theme", null));

    [Fact]
    public void Refresh_of_the_session() =>
        Read<ClientFrame.Refresh>("""{"type":"refresh","id":10,"token":"t"}""").ShouldBe(new(10, "t", null));

    [Fact]
    public void Refresh_of_a_subscription() =>
        Read<ClientFrame.Refresh>("""{"type":"refresh","id":10,"token":"t","channel":"$c"}""").ShouldBe(new(10, "t", Channel("$c")));

    [Fact]
    public void A_hello_whose_positions_do_not_fit_says_so_and_further_frames_bring_them()
    {
        Read<ClientFrame.Hello>("""{"type":"hello","id":1}""").More.ShouldBeFalse();
        Read<ClientFrame.Hello>("""{"type":"hello","id":1,"more":true}""").More.ShouldBeTrue();

        var frame = Read<ClientFrame.MorePositions>("""{"type":"positions","positions":{"a":"1:5"},"more":true}""");
        frame.Positions.ShouldBe([new(Channel("a"), Position("1:5"))]);
        frame.More.ShouldBeTrue();
        Read<ClientFrame.MorePositions>("""{"type":"positions","positions":{}}""").More.ShouldBeFalse();
    }

    [Fact]
    public void More_than_a_thousand_positions_and_subscriptions_fit_into_one_frame()
    {
        var positions = string.Join(',', Enumerable.Range(0, 2_000).Select(n => $"\"d{n}\":\"1:5\""));
        var subscriptions = string.Join(',', Enumerable.Range(0, 2_000).Select(n => $"{{\"channel\":\"d{n}\"}}"));

        var frame = Read<ClientFrame.Hello>($"{{\"type\":\"hello\",\"id\":1,\"positions\":{{{positions}}},\"subscriptions\":[{subscriptions}]}}");

        frame.Positions.Count.ShouldBe(2_000);
        frame.Subscriptions.Count.ShouldBe(2_000);
    }

    [Fact]
    public void Ack()
    {
        var frame = Read<ClientFrame.Ack>("""{"type":"ack","positions":{"a":"1:5","b":"2:6"}}""");

        frame.Id.ShouldBe(0);
        frame.Positions.ShouldBe([new(Channel("a"), Position("1:5")), new(Channel("b"), Position("2:6"))]);
    }

    [Fact]
    public void Pong()
    {
        Read<ClientFrame.Pong>("""{"type":"pong"}""").Acked.ShouldBeEmpty();
        Read<ClientFrame.Pong>("""{"type":"pong","ack":{"a":"1:5"}}""").Acked.ShouldBe([new(Channel("a"), Position("1:5"))]);
    }

    [Fact]
    public void Bye()
    {
        Read<ClientFrame.Bye>("""{"type":"bye"}""").ShouldBe(new(0));
        Read<ClientFrame.Bye>("""{"type":"bye","id":11}""").ShouldBe(new(11));
    }

    [Theory]
    [InlineData("""{"id":11,"type":"bye"}""")]
    [InlineData(" \r\n\t{ \"id\" : 11 , \"type\" : \"bye\" } \n")]
    [InlineData("""{"type":"bye","id":11,"new":{"type":"hello","id":[1]},"positions":3}""")]
    [InlineData("""{"\u0074ype":"b\u0079e","i\u0064":11}""")]
    [InlineData("""{"type":"bye","id":11,"\ud800":1,"\u0041\u0041\u0041\u0041\u0041\u0041\u0041\u0041\u0041\u0041\u0041\u0041\u0041\u0041":1}""")]
    public void Order_space_escapes_and_unknown_fields_do_not_matter(string json) =>
        Read<ClientFrame.Bye>(json).ShouldBe(new(11));
}
