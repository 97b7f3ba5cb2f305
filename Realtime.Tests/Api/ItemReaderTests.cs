using System.Text;
using Realtime.Messages.Ids;
using Realtime.Node.Api.Publishing;

namespace Realtime.Tests.Api;

/// <summary>What is no message, and which member is said to be wrong.</summary>
public sealed class ItemReaderTests
{
    [Theory]
    [InlineData("", null)]
    [InlineData("[]", null)]
    [InlineData("7", null)]
    [InlineData("{", null)]
    [InlineData("""{"channel":"a","data":1}x""", null)]
    [InlineData("""{"channel":"a","data":1}{}""", null)]
    [InlineData("""{"channel":"a","data":01}""", null)]
    [InlineData("""{"channel":"a","data":"\ud800"}""", "data")]
    [InlineData("""{"channel":"\ud800","data":1}""", "channel")]
    [InlineData("""{"data":1}""", null)]
    [InlineData("""{"channel":"a"}""", "data")]
    [InlineData("""{"channel":"","data":1}""", "channel")]
    [InlineData("""{"channel":7,"data":1}""", "channel")]
    [InlineData("""{"channel":null,"data":1}""", "channel")]
    [InlineData("""{"channel":" a","data":1}""", "channel")]
    [InlineData("""{"channel":"a\u0001","data":1}""", "channel")]
    [InlineData("""{"channel":"~session:x","data":1}""", "channel")]
    [InlineData("""{"channel":"a","channel":"b","data":1}""", "channel")]
    [InlineData("""{"channel":"a","user":"b","data":1}""", "user")]
    [InlineData("""{"channels":[],"data":1}""", "channels")]
    [InlineData("""{"channels":"a","data":1}""", "channels")]
    [InlineData("""{"channels":["a",1],"data":1}""", "channels")]
    [InlineData("""{"channels":["a","a"],"data":1}""", "channels")]
    [InlineData("""{"channels":["~x"],"data":1}""", "channels")]
    [InlineData("""{"user":"","data":1}""", "user")]
    [InlineData("""{"channel":"a","data":1,"bytes":"AA=="}""", "bytes")]
    [InlineData("""{"channel":"a","data":1,"data":2}""", "data")]
    [InlineData("""{"channel":"a","bytes":"@"}""", "bytes")]
    [InlineData("""{"channel":"a","bytes":1}""", "bytes")]
    [InlineData("""{"channel":"a","data":1,"tags":[]}""", "tags")]
    [InlineData("""{"channel":"a","data":1,"tags":{"k":1}}""", "tags")]
    [InlineData("""{"channel":"a","data":1,"tags":{"":"v"}}""", "tags")]
    [InlineData("""{"channel":"a","data":1,"tags":{"k":"v","k":"v"}}""", "tags")]
    [InlineData("""{"channel":"a","data":1,"idempotencyKey":""}""", "idempotencyKey")]
    [InlineData("""{"channel":"a","data":1,"idempotencyKey":"a\n"}""", "idempotencyKey")]
    [InlineData("""{"channel":"a","data":1,"idempotencyKey":5}""", "idempotencyKey")]
    [InlineData("""{"channel":"a","data":1,"expected":"5"}""", "expected")]
    [InlineData("""{"channel":"a","data":1,"expected":"a:-1"}""", "expected")]
    [InlineData("""{"channels":["a"],"data":1,"expected":"a:1"}""", "expected")]
    [InlineData("""{"channel":"a","data":1,"ttl":0}""", "ttl")]
    [InlineData("""{"channel":"a","data":1,"ttl":-1}""", "ttl")]
    [InlineData("""{"channel":"a","data":1,"ttl":1e9}""", "ttl")]
    [InlineData("""{"channel":"a","data":1,"ttl":"5"}""", "ttl")]
    [InlineData("""{"channel":"a","data":1,"exceptSession":"x"}""", "exceptSession")]
    [InlineData("""{"channel":"a","dta":1}""", "dta")]
    [InlineData("""{"Channel":"a","data":1}""", "Channel")]
    public void What_is_wrong_is_refused_by_its_name(string json, string? field)
    {
        ItemReader.TryRead(Encoding.UTF8.GetBytes(json), out _, out var fault).ShouldBeFalse(json);
        fault!.Field.ShouldBe(field);
        fault.Detail.ShouldNotBeNullOrWhiteSpace();
    }

    [Fact]
    public void Depth_length_and_counts_are_bounded()
    {
        Refused($$"""{"channel":"a","data":{{new string('[', 40)}}{{new string(']', 40)}}}""");
        Refused($$"""{"channel":"{{new string('x', 201)}}","data":1}""");
        Refused($$"""{"channel":"a","data":1,"idempotencyKey":"{{new string('x', 129)}}"}""");
        Refused($$"""{"channels":[{{string.Join(',', Enumerable.Range(0, 101).Select(i => $"\"c{i}\""))}}],"data":1}""");
        Refused("""{"channel":"a","data":1,"tags":{""" + string.Join(',', Enumerable.Range(0, 17).Select(i => $"\"k{i}\":\"\"")) + "}}");
    }

    [Fact]
    public void Everything_a_message_may_say_is_read()
    {
        var session = new SessionId(7);
        var item = ItemReader.Read(Encoding.UTF8.GetBytes(
            $$"""{"idempotencyKey":"k","tags":{"a":"b"},"data": {"x": [1, 2]} ,"expected":"a:5","ttl":1.5,"exceptSession":"{{session}}","channel":"chat:\u0061"}"""));

        item.Channels.ShouldBe([ChannelName.Parse("chat:a")]);
        Encoding.UTF8.GetString(item.Payload.Bytes.Span).ShouldBe("""{"x": [1, 2]}""");
        (item.IdempotencyKey, item.Expected?.ToString(), item.TimeToLive, item.Except, item.IsMany).ShouldBe(("k", "a:5", TimeSpan.FromSeconds(1.5), session, false));
        item.Tags.ShouldBe([KeyValuePair.Create("a", "b")]);
        ItemReader.Read("""{"user":"ann","bytes":"AQI="}"""u8).ShouldSatisfyAllConditions(
            one => one.Channels.Single().Value.ShouldBe("@ann"), one => one.Payload.Bytes.ToArray().ShouldBe([1, 2]), one => one.Payload.IsBinary.ShouldBeTrue());
    }

    private static void Refused(string json) => ItemReader.TryRead(Encoding.UTF8.GetBytes(json), out _, out _).ShouldBeFalse();
}
