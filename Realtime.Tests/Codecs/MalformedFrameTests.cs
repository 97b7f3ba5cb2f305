using Realtime.Messages.Errors;
using Realtime.Messages.Frames;
using static Realtime.Tests.Codecs.Json;

namespace Realtime.Tests.Codecs;

/// <summary>JSON that is no valid frame: the answer carries the id when there is one, names the field, and repeats nothing that was sent.</summary>
public sealed class MalformedFrameTests
{
    private static string Long(int length) => "\"" + new string('x', length) + "\"";

    private static string Entries(int count, string value) =>
        "{" + string.Join(',', Enumerable.Range(0, count).Select(i => $"\"k{i}\":{value}")) + "}";

    public static TheoryData<string, long, string> Frames => new()
    {
        { """{}""", 0, "frame.type is missing" },
        { """{"id":5}""", 5, "frame.type is missing" },
        { """{"id":5,"type":7}""", 5, "frame.type must be a string" },
        { """{"id":5,"type":null}""", 5, "frame.type must be a string" },
        { """{"id":5,"type":"bye","type":"bye"}""", 5, "bye.type appears twice" },
        { """{"id":5,"type":"nope","seq":1,"seq":1}""", 5, "frame.seq appears twice" },

        { """{"type":"hello"}""", 0, "hello.id is missing" },
        { """{"type":"subscribe","channel":"c"}""", 0, "subscribe.id is missing" },
        { """{"type":"unsubscribe","channel":"c"}""", 0, "unsubscribe.id is missing" },
        { """{"type":"publish","channel":"c","data":1}""", 0, "publish.id is missing" },
        { """{"type":"history","channel":"c"}""", 0, "history.id is missing" },
        { """{"type":"presence","channel":"c"}""", 0, "presence.id is missing" },
        { """{"type":"presence","id":3,"channel":"c","after":"x"}""", 3, "presence.after must be the session of a member" },
        { """{"type":"update","channel":"c","presence":1}""", 0, "update.id is missing" },
        { """{"type":"call","method":"m"}""", 0, "call.id is missing" },
        { """{"type":"set","key":"k","value":1}""", 0, "set.id is missing" },
        { """{"type":"refresh","token":"t"}""", 0, "refresh.id is missing" },
        { """{"type":"bye","id":0}""", 0, "bye.id must be a positive integer up to 2^53" },
        { """{"type":"hello","id":-1}""", 0, "hello.id must be a positive integer up to 2^53" },
        { """{"type":"hello","id":1.0}""", 0, "hello.id must be a positive integer up to 2^53" },
        { """{"type":"hello","id":1e0}""", 0, "hello.id must be a positive integer up to 2^53" },
        { """{"type":"hello","id":9007199254740993}""", 0, "hello.id must be a positive integer up to 2^53" },
        { """{"type":"hello","id":99999999999999999999999}""", 0, "hello.id must be a positive integer up to 2^53" },
        { """{"type":"hello","id":"1"}""", 0, "hello.id must be a positive integer up to 2^53" },
        { """{"type":"hello","id":null}""", 0, "hello.id must be a positive integer up to 2^53" },
        { """{"type":"hello","id":[1]}""", 0, "hello.id must be a positive integer up to 2^53" },
        { """{"type":"hello","id":1,"id":1}""", 0, "hello.id appears twice" },

        { """{"type":"hello","id":5,"token":1}""", 5, "hello.token must be a string" },
        { """{"type":"hello","id":5,"token":null}""", 5, "hello.token must be a string" },
        { """{"type":"hello","id":5,"token":""}""", 5, "hello.token is empty" },
        { """{"type":"hello","id":5,"token":"a\ud800b"}""", 5, "hello.token is not valid Unicode" },
        { $$"""{"type":"hello","id":5,"token":{{Long(16_385)}}}""", 5, "hello.token is longer than 16384 bytes" },
        { $$"""{"type":"hello","id":5,"token":{{Long(200_000)}}}""", 5, "hello.token is longer than 16384 bytes" },
        { $$"""{"type":"hello","id":5,"session":{{Long(1_025)}}}""", 5, "hello.session is longer than 1024 bytes" },
        { """{"type":"hello","id":5,"session":""}""", 5, "hello.session is empty" },
        { """{"type":"hello","id":5,"attempt":0}""", 5, "hello.attempt must be a positive integer up to 2^53" },
        { """{"type":"hello","id":5,"attempt":"1"}""", 5, "hello.attempt must be a positive integer up to 2^53" },
        { """{"type":"hello","id":5,"producer":"a b"}""", 5, "hello.producer must be 1 to 64 letters, digits, '-', '_' or '.'" },
        { """{"type":"hello","id":5,"producer":""}""", 5, "hello.producer must be 1 to 64 letters, digits, '-', '_' or '.'" },
        { $$"""{"type":"hello","id":5,"producer":{{Long(65)}}}""", 5, "hello.producer is longer than 64 bytes" },
        { """{"type":"hello","id":5,"client":"js"}""", 5, "hello.client must be an object" },
        { """{"type":"hello","id":5,"client":{"name":1}}""", 5, "hello.client.name must be a string" },
        { $$$"""{"type":"hello","id":5,"client":{"version":{{{Long(65)}}}}}""", 5, "hello.client.version is longer than 64 bytes" },
        { """{"type":"hello","id":5,"client":{"name":"a","name":"a"}}""", 5, "hello.client.name appears twice" },
        { """{"type":"hello","id":5,"positions":[]}""", 5, "hello.positions must be an object" },
        { """{"type":"hello","id":5,"positions":{"":"1:1"}}""", 5, "hello.positions has a key that is not a channel name" },
        { """{"type":"hello","id":5,"positions":{"\udc00":"1:1"}}""", 5, "hello.positions has a key that is not a channel name" },
        { """{"type":"hello","id":5,"positions":{"a":1}}""", 5, "hello.positions has a value that is not a position" },
        { """{"type":"hello","id":5,"positions":{"a":"1"}}""", 5, "hello.positions has a value that is not a position" },
        { """{"type":"hello","id":5,"positions":{"a":"1:-1"}}""", 5, "hello.positions has a value that is not a position" },
        { """{"type":"hello","id":5,"positions":{"a":"0:1"}}""", 5, "hello.positions has a value that is not a position" },
        { """{"type":"hello","id":5,"positions":{"a":"A:1"}}""", 5, "hello.positions has a value that is not a position" },
        { """{"type":"hello","id":5,"positions":{"a":"1:9223372036854775808"}}""", 5, "hello.positions has a value that is not a position" },
        { """{"type":"hello","id":5,"positions":{"a":"1:1","\u0061":"1:1"}}""", 5, "hello.positions names a channel twice" },
        { """{"type":"hello","id":5,"subscriptions":{}}""", 5, "hello.subscriptions must be an array" },
        { """{"type":"hello","id":5,"subscriptions":["c"]}""", 5, "hello.subscriptions must hold objects" },
        { """{"type":"hello","id":5,"subscriptions":[{"channel":"a"},{}]}""", 5, "hello.subscriptions[1].channel is missing" },
        { """{"type":"hello","id":5,"subscriptions":[{"channel":"a","from":3}]}""", 5, "hello.subscriptions[0].from must be \"live\", \"start\", a position, {\"last\": count} or {\"ago\": seconds}" },
        { """{"type":"hello","id":5,"subscriptions":[{"channel":"a","channel":"a"}]}""", 5, "hello.subscriptions[0].channel appears twice" },
        { """{"type":"hello","id":5,"data":1,"data":1}""", 5, "hello.data appears twice" },

        { """{"type":"subscribe","id":5}""", 5, "subscribe.channel is missing" },
        { """{"type":"subscribe","id":5,"channel":7}""", 5, "subscribe.channel must be a string" },
        { """{"type":"subscribe","id":5,"channel":""}""", 5, "subscribe.channel is empty" },
        { """{"type":"subscribe","id":5,"channel":" a"}""", 5, "subscribe.channel has white space at an end" },
        { """{"type":"subscribe","id":5,"channel":"a\u0000"}""", 5, "subscribe.channel has a control character" },
        { """{"type":"subscribe","id":5,"channel":"\ude00\ud83d"}""", 5, "subscribe.channel is not valid Unicode" },
        { $$"""{"type":"subscribe","id":5,"channel":{{Long(201)}}}""", 5, "subscribe.channel is longer than 200 bytes" },
        { $$"""{"type":"subscribe","id":5,"channel":"{{new string('é', 101)}}"}""", 5, "subscribe.channel is longer than 200 bytes" },
        { """{"type":"subscribe","id":5,"channel":"a","presence":"\ud83d"}""", 5, "subscribe.presence is not valid Unicode" },
        { """{"type":"subscribe","id":5,"channel":"a","token":[]}""", 5, "subscribe.token must be a string" },

        { """{"type":"publish","id":5,"channel":"a"}""", 5, "publish.data is missing, and so is bytes" },
        { """{"type":"publish","id":5,"channel":"a","data":1,"bytes":""}""", 5, "publish.data and bytes exclude each other" },
        { """{"type":"publish","id":5,"channel":"a","data":1,"data":2}""", 5, "publish.data appears twice" },
        { """{"type":"publish","id":5,"channel":"a","data":{"a":["\udc00"]}}""", 5, "publish.data is not valid Unicode" },
        { """{"type":"publish","id":5,"channel":"a","data":{"\ud800":1}}""", 5, "publish.data is not valid Unicode" },
        { """{"type":"publish","id":5,"channel":"a","bytes":"AA"}""", 5, "publish.bytes must be a base64 string" },
        { """{"type":"publish","id":5,"channel":"a","bytes":"A\ud800=="}""", 5, "publish.bytes must be a base64 string" },
        { """{"type":"publish","id":5,"channel":"a","bytes":1}""", 5, "publish.bytes must be a base64 string" },
        { """{"type":"publish","id":5,"channel":"a","data":1,"seq":0}""", 5, "publish.seq must be a positive integer up to 2^53" },
        { """{"type":"publish","id":5,"channel":"a","data":1,"seq":"1"}""", 5, "publish.seq must be a positive integer up to 2^53" },
        { """{"type":"publish","id":5,"channel":"a","data":1,"echo":1}""", 5, "publish.echo must be true or false" },
        { """{"type":"publish","id":5,"channel":"a","data":1,"tags":[]}""", 5, "publish.tags must be an object" },
        { """{"type":"publish","id":5,"channel":"a","data":1,"tags":{"":""}}""", 5, "publish.tags has a key that is not 1 to 32 bytes of text" },
        { """{"type":"publish","id":5,"channel":"a","data":1,"tags":{"\ud800":""}}""", 5, "publish.tags has a key that is not 1 to 32 bytes of text" },
        { """{"type":"publish","id":5,"channel":"a","data":1,"tags":{"ééééééééééééééééé":""}}""", 5, "publish.tags has a key that is not 1 to 32 bytes of text" },
        { """{"type":"publish","id":5,"channel":"a","data":1,"tags":{"a":1}}""", 5, "publish.tags has a value that is not a string of at most 128 bytes" },
        { $$$"""{"type":"publish","id":5,"channel":"a","data":1,"tags":{"a":{{{Long(129)}}}}}""", 5, "publish.tags has a value that is not a string of at most 128 bytes" },
        { """{"type":"publish","id":5,"channel":"a","data":1,"tags":{"a":"","\u0061":""}}""", 5, "publish.tags has a key twice" },
        { $$"""{"type":"publish","id":5,"channel":"a","data":1,"tags":{{Entries(17, "\"\"")}}}""", 5, "publish.tags has more than 16 entries" },

        { """{"type":"history","id":5,"channel":"a","limit":0}""", 5, "history.limit must be a positive integer up to 1000000" },
        { """{"type":"history","id":5,"channel":"a","limit":1000001}""", 5, "history.limit must be a positive integer up to 1000000" },
        { """{"type":"history","id":5,"channel":"a","reverse":"yes"}""", 5, "history.reverse must be true or false" },
        { """{"type":"update","id":5,"channel":"a"}""", 5, "update.presence is missing" },
        { """{"type":"call","id":5}""", 5, "call.method is missing" },
        { """{"type":"call","id":5,"method":""}""", 5, "call.method is empty" },
        { """{"type":"set","id":5,"value":1}""", 5, "set.key is missing" },
        { """{"type":"set","id":5,"key":"k"}""", 5, "set.value is missing" },
        { $$"""{"type":"set","id":5,"key":{{Long(129)}},"value":1}""", 5, "set.key is longer than 128 bytes" },
        { """{"type":"refresh","id":5}""", 5, "refresh.token is missing" },
        { """{"type":"refresh","id":5,"token":"t","channel":1}""", 5, "refresh.channel must be a string" },
        { """{"type":"positions"}""", 0, "positions.positions is missing" },
        { """{"type":"positions","positions":{},"more":true}""", 0, "positions.positions is empty, and more are to come" },
        { """{"type":"positions","positions":{"a":"1:1"},"more":1}""", 0, "positions.more must be true or false" },
        { """{"type":"ack"}""", 0, "ack.positions is missing" },
        { """{"type":"ack","positions":3}""", 0, "ack.positions must be an object" },
        { """{"type":"pong","ack":null}""", 0, "pong.ack must be an object" },
    };

    [Theory]
    [MemberData(nameof(Frames))]
    public void A_bad_field_is_named(string json, long id, string message)
    {
        var frame = Refused(json);

        frame.Message.ShouldBe(message);
        frame.Id.ShouldBe(id);
    }

    [Theory]
    [InlineData("3")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("\"\"")]
    [InlineData("\"LIVE\"")]
    [InlineData("\"l\\ud800ve\"")]
    [InlineData("\"1:1 \"")]
    [InlineData("\"1:00000000000000000000000000000000000000000\"")]
    [InlineData("{\"last\":-1}")]
    [InlineData("{\"last\":1000001}")]
    [InlineData("{\"last\":1.5}")]
    [InlineData("{\"last\":\"1\"}")]
    [InlineData("{\"last\":1,\"ago\":1}")]
    [InlineData("{\"last\":1,\"last\":1}")]
    [InlineData("{\"ago\":-0.1}")]
    [InlineData("{\"ago\":1e999}")]
    [InlineData("{\"ago\":3155760001}")]
    [InlineData("{\"ago\":true}")]
    public void A_start_in_another_form_is_refused(string from) =>
        Refused($$"""{"type":"subscribe","id":5,"channel":"c","from":{{from}}}""").Message.ShouldStartWith("subscribe.from must be");

    [Theory]
    [InlineData("""{"type":"nope","id":5}""", 5)]
    [InlineData("""{"type":"","id":5}""", 5)]
    [InlineData("""{"type":"Hello"}""", 0)]
    [InlineData("""{"type":"hello\u0000","id":5}""", 5)]
    [InlineData("""{"type":"\ud800","id":5}""", 5)]
    [InlineData("""{"type":"\u0041\u0041\u0041\u0041\u0041\u0041\u0041\u0041\u0041\u0041\u0041\u0041\u0041\u0041\u0041","id":5}""", 5)]
    public void An_unknown_type_is_an_error_of_its_own(string json, long id)
    {
        var frame = Read<ClientFrame.Malformed>(json);

        frame.Code.ShouldBe(ErrorCode.UnknownType);
        frame.Id.ShouldBe(id);
    }

    [Fact]
    public void One_bad_frame_in_an_array_leaves_the_others_alone()
    {
        var frames = ReadAll("""[{"type":"bye","id":1},{"type":"publish","id":2},7,[{}],null,{"type":"bye","id":3}]""");

        frames.Select(frame => frame.Id).ShouldBe([1, 2, 0, 0, 0, 3]);
        frames[0].ShouldBe(new ClientFrame.Bye(1));
        frames[1].ShouldBeOfType<ClientFrame.Malformed>().Message.ShouldBe("publish.channel is missing");
        frames[2].ShouldBeOfType<ClientFrame.Malformed>().Message.ShouldBe("frame must be an object");
        frames[5].ShouldBe(new ClientFrame.Bye(3));
    }

    [Fact]
    public void What_was_sent_is_never_repeated()
    {
        foreach (var json in Frames.Select(row => row.Data.Item1.Replace("\"x", "\"secretx", StringComparison.Ordinal)))
        {
            Refused(json).Message.ShouldNotContain("secret");
        }

        Refused("""{"type":"publish","id":1,"channel":"secret ","data":"secret"}""").Message.ShouldNotContain("secret");
        Read<ClientFrame.Malformed>("""{"type":"secret","id":1}""").Message.ShouldNotContain("secret");
        Fault("""{"type":"secret","id":1""").Reason.ShouldNotContain("secret");
    }
}
