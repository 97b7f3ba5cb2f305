using System.Net;
using System.Net.WebSockets;
using System.Text.Json.Nodes;

namespace Realtime.Tests.EndToEnd;

/// <summary>What comes from the outside and should not: each has its defined answer, and somebody else on the same node notices nothing.</summary>
[Collection(ActorSystems.Name)]
public sealed class BadInputTests(SharedNode node) : IClassFixture<SharedNode>, IAsyncLifetime
{
    private RawClient _bystander = null!;

    public async ValueTask InitializeAsync()
    {
        _bystander = await RawClient.HelloAsync(node.Url);
        await _bystander.AskAsync("""{"type":"subscribe","id":2,"channel":"board:bystander"}""");
    }

    public async ValueTask DisposeAsync()
    {
        await _bystander.AskAsync("""{"type":"publish","id":3,"channel":"board:bystander","data":"still here"}""");
        (await _bystander.MessagesAsync("board:bystander", 1)).Count.ShouldBe(1);
        await _bystander.DisposeAsync();
    }

    [Theory]
    [InlineData("""{"type":"subscribe","id":2,"channel":7}""", "bad_request", "channel")]
    [InlineData("""{"type":"subscribe","id":2}""", "bad_request", "channel")]
    [InlineData("""{"type":"subscribe","id":2,"channel":""}""", "bad_request", "empty")]
    [InlineData("""{"type":"subscribe","id":2,"channel":" x"}""", "bad_request", "white space")]
    [InlineData("""{"type":"subscribe","id":2,"channel":"chat:e\u0301"}""", "bad_request", "normalisation")]
    [InlineData("""{"type":"subscribe","id":2,"channel":"nowhere:x"}""", "not_found", "namespace 'nowhere' is not configured (Realtime:Namespaces:nowhere)")]
    [InlineData("""{"type":"subscribe","id":2,"channel":"~server"}""", "forbidden", "~")]
    [InlineData("""{"type":"subscribe","id":2,"channel":"$chat:vip"}""", "forbidden", "token")]
    [InlineData("""{"type":"subscribe","id":2,"channel":"@alice"}""", "forbidden", "personal")]
    [InlineData("""{"type":"subscribe","id":2,"channel":"chat:x","from":"yesterday"}""", "bad_request", "from")]
    [InlineData("""{"type":"dance","id":2}""", "unknown_type", "type")]
    [InlineData("""{"type":"publish","id":2,"channel":"news:x","data":1}""", "forbidden", "publish")]
    [InlineData("""{"type":"publish","id":2,"channel":"club:x","data":1}""", "not_subscribed", "subscribers")]
    [InlineData("""{"type":"publish","id":2,"channel":"chat:x"}""", "bad_request", "data")]
    [InlineData("""{"type":"publish","id":2,"channel":"chat:x","data":1,"seq":1}""", "bad_request", "producer")]
    [InlineData("""{"type":"history","id":2,"channel":"cursors:x"}""", "not_found", "history")]
    [InlineData("""{"type":"presence","id":2,"channel":"board:x"}""", "not_found", "presence")]
    [InlineData("""{"type":"update","id":2,"channel":"chat:x","presence":{}}""", "not_subscribed", "subscribed")]
    [InlineData("""{"type":"call","id":2,"method":"anything"}""", "not_found", "method")]
    [InlineData("""{"type":"refresh","id":2,"token":"x"}""", "unauthorized", "")]
    public async Task A_bad_request_is_answered_with_its_code_and_the_connection_lives_on(string frame, string code, string says)
    {
        await using var client = await RawClient.HelloAsync(node.Url);

        var error = await client.AskAsync(frame);

        ((string?)error["type"]).ShouldBe("error");
        ((string?)error["code"]).ShouldBe(code);
        ((string?)error["message"])!.ShouldContain(says);
        ((string?)error["outcome"]).ShouldBe("none");
        (await client.AskAsync("""{"type":"subscribe","id":9,"channel":"chat:fine"}"""))["type"]!.GetValue<string>().ShouldBe("reply");
    }

    [Fact]
    public async Task A_frame_without_its_id_is_answered_without_an_id()
    {
        await using var client = await RawClient.HelloAsync(node.Url);

        await client.SendAsync("""{"type":"subscribe","channel":"chat:x"}""");

        var error = await client.WaitAsync("error");
        error["id"].ShouldBeNull();
        ((string?)error["message"])!.ShouldContain("id");
    }

    [Theory]
    [InlineData("{\"type\":", CloseExpected.ProtocolError)]
    [InlineData("hello", CloseExpected.ProtocolError)]
    [InlineData("7", CloseExpected.ProtocolError)]
    public async Task What_is_not_the_protocol_closes_the_connection(string text, int code)
    {
        await using var client = await RawClient.HelloAsync(node.Url);

        await client.SendAsync(text);

        await ShouldCloseAsync(client, code, final: true);
    }

    [Fact]
    public async Task Nesting_without_end_closes_the_connection()
    {
        await using var client = await RawClient.HelloAsync(node.Url);

        await client.SendAsync("""{"type":"publish","id":2,"channel":"chat:x","data":""" + new string('[', 20_000));

        await ShouldCloseAsync(client, CloseExpected.ProtocolError, final: true);
    }

    [Fact]
    public async Task A_frame_over_the_limit_closes_the_connection()
    {
        await using var client = await RawClient.HelloAsync(node.Url);

        await client.SendAsync("""{"type":"set","id":2,"key":"k","value":" """ + new string('x', 200_000) + "\"}");

        await ShouldCloseAsync(client, 1009, final: true);
    }

    [Theory]
    [InlineData(3UL << 20)]
    [InlineData(1UL << 62)]
    public async Task A_frame_that_announces_more_than_the_limit_is_closed_once_the_limit_has_come_and_not_at_its_end(ulong announced)
    {
        using var client = await StoppedReader.OpenAsync(node.Url, "board:large");

        await client.SendPartAsync(announced, TestNode.Settings.Connections.Limits.FrameBytes + 4096);

        (await client.ReadCloseAsync()).ShouldBe(1009);
    }

    [Fact]
    public async Task A_first_frame_over_its_smaller_limit_closes_the_connection()
    {
        await using var client = await RawClient.OpenAsync(node.Url);

        await client.SendAsync("""{"type":"hello","id":1,"data":" """ + new string('x', 70_000) + "\"}");

        await ShouldCloseAsync(client, 1009, final: true);
    }

    [Fact]
    public async Task A_binary_message_on_a_text_subprotocol_closes_the_connection()
    {
        await using var client = await RawClient.HelloAsync(node.Url);

        await client.SendBytesAsync("""{"type":"bye","id":2}"""u8.ToArray(), WebSocketMessageType.Binary);

        await ShouldCloseAsync(client, CloseExpected.ProtocolError, final: true);
    }

    [Fact]
    public async Task Text_that_is_not_UTF8_closes_the_connection()
    {
        await using var client = await RawClient.HelloAsync(node.Url);

        await client.SendBytesAsync(new byte[] { (byte)'"', 0xC3, 0x28, (byte)'"' }, WebSocketMessageType.Text);

        await client.ClosedAsync();
        ((int?)client.CloseStatus).ShouldBe(1007);
    }

    [Fact]
    public async Task A_payload_over_the_limit_of_its_namespace_is_too_large_and_nothing_is_stored()
    {
        await using var client = await RawClient.HelloAsync(node.Url);

        var error = await client.AskAsync(
            """{"type":"publish","id":2,"channel":"chat:big","data":" """ + new string('x', 66_000) + "\"}");

        ((string?)error["code"]).ShouldBe("too_large");
        var history = await client.AskAsync("""{"type":"history","id":3,"channel":"chat:big"}""");
        history["messages"]!.AsArray().Count.ShouldBe(0);
    }

    [Fact]
    public async Task Subscribing_twice_replays_nothing()
    {
        await using var client = await RawClient.HelloAsync(node.Url);
        await client.AskAsync("""{"type":"subscribe","id":2,"channel":"chat:twice"}""");
        await client.AskAsync("""{"type":"publish","id":3,"channel":"chat:twice","data":1}""");
        await client.MessagesAsync("chat:twice", 1);

        var again = await client.AskAsync("""{"type":"subscribe","id":4,"channel":"chat:twice","from":"start"}""");

        ((bool?)again["already"]).ShouldBe(true);
        await client.AskAsync("""{"type":"publish","id":5,"channel":"chat:twice","data":2}""");
        (await client.MessagesAsync("chat:twice", 2)).Select(message => (int)message["data"]!).ShouldBe([1, 2]);
    }

    [Fact]
    public async Task A_sequence_number_older_than_the_window_is_expired_and_its_outcome_unknown()
    {
        await using var client = await RawClient.HelloAsync(node.Url, "\"producer\":\"p-1\"");
        for (var seq = 10; seq < 310; seq++)
        {
            await client.AskAsync($$"""{"type":"publish","id":{{seq}},"channel":"board:seq","data":1,"seq":{{seq}}}""");
        }

        var known = await client.AskAsync("""{"type":"publish","id":1000,"channel":"board:seq","data":1,"seq":309}""");
        var expired = await client.AskAsync("""{"type":"publish","id":1001,"channel":"board:seq","data":1,"seq":5}""");

        ((string?)known["position"])!.ShouldEndWith(":300");
        ((string?)expired["code"]).ShouldBe("seq_expired");
        ((string?)expired["outcome"]).ShouldBe("unknown");
    }

    [Theory]
    [InlineData("zzz:3", "epoch")]
    [InlineData("EPOCH:99", "ahead")]
    [InlineData("EPOCH:2", "trimmed")]
    public async Task A_position_the_log_cannot_go_on_from_is_an_explicit_gap(string position, string reason)
    {
        await using var writer = await RawClient.HelloAsync(node.Url);
        var epoch = "";
        for (var i = 1; i <= 20; i++)
        {
            var reply = await writer.AskAsync($$"""{"type":"publish","id":{{i}},"channel":"short:{{reason}}","data":{{i}}}""");
            epoch = ((string)reply["position"]!).Split(':')[0];
        }

        await using var reader = await RawClient.HelloAsync(node.Url);
        var from = position.Replace("EPOCH", epoch, StringComparison.Ordinal);
        var subscribed = await reader.AskAsync($$"""{"type":"subscribe","id":2,"channel":"short:{{reason}}","from":"{{from}}"}""");

        ((bool?)subscribed["recovered"]).ShouldBe(false);
        ((string?)subscribed["gap"]!["reason"]).ShouldBe(reason);
        var gap = await reader.WaitAsync("gap");
        ((string?)gap["reason"]).ShouldBe(reason);
        ((string?)gap["position"]).ShouldBe((string?)subscribed["position"]);
        if (reason == "trimmed")
        {
            ((long)gap["from"]!).ShouldBe(3);
            ((long)gap["to"]!).ShouldBe(10);
        }

        if (reason != "ahead")
        {
            (await reader.MessagesAsync($"short:{reason}", 10)).Select(message => (long)message["offset"]!).ShouldBe(Enumerable.Range(11, 10).Select(offset => (long)offset));
        }
    }

    [Fact]
    public async Task A_forged_resume_token_opens_a_new_session()
    {
        await using var owner = await RawClient.HelloAsync(node.Url, "\"subscriptions\":[{\"channel\":\"chat:mine\"}]");
        var flipped = owner.Session[..^1] + (owner.Session[^1] == 'A' ? 'B' : 'A');

        await using var thief = await RawClient.HelloAsync(node.Url, $"\"session\":\"{flipped}\"");

        ((bool)thief.Welcome["resumed"]!).ShouldBeFalse();
        thief.Session.ShouldNotBe(owner.Session);
        thief.Welcome["subscriptions"]!.AsArray().Count.ShouldBe(0);
        (await owner.AskAsync("""{"type":"set","id":2,"key":"k","value":1}"""))["type"]!.GetValue<string>().ShouldBe("reply");
    }

    [Theory]
    [InlineData("""{"type":"hello","id":2}""")]
    public async Task A_second_hello_closes_the_connection(string hello)
    {
        await using var client = await RawClient.HelloAsync(node.Url);

        await client.SendAsync(hello);

        await ShouldCloseAsync(client, 4202, final: true);
    }

    [Fact]
    public async Task Anything_before_hello_closes_the_connection()
    {
        await using var client = await RawClient.OpenAsync(node.Url);

        await client.SendAsync("""{"type":"subscribe","id":1,"channel":"chat:x"}""");

        await ShouldCloseAsync(client, 4202, final: true);
    }

    [Fact]
    public async Task A_token_without_a_configured_key_is_refused()
    {
        await using var client = await RawClient.OpenAsync(node.Url);

        await client.SendAsync("""{"type":"hello","id":1,"token":"e30.e30.e30"}""");

        ((string?)(await client.WaitAsync("error"))["code"]).ShouldBe("unauthorized");
        await ShouldCloseAsync(client, 4203, final: true);
    }

    [Fact]
    public async Task An_unknown_subprotocol_and_a_foreign_origin_are_refused_before_the_upgrade()
    {
        await Should.ThrowAsync<WebSocketException>(() => RawClient.OpenAsync(node.Url, "chess.v1"));
        using var http = new HttpClient();
        using var plain = await http.GetAsync(new Uri(node.Url, "/v1/connect"));
        plain.StatusCode.ShouldBe(HttpStatusCode.UpgradeRequired);
        using var socket = new ClientWebSocket();
        socket.Options.SetRequestHeader("Origin", "https://evil.example");
        socket.Options.CollectHttpResponseDetails = true;
        await Should.ThrowAsync<WebSocketException>(
            () => socket.ConnectAsync(new UriBuilder(node.Url) { Scheme = "ws", Path = "/v1/connect" }.Uri, CancellationToken.None));
        socket.HttpStatusCode.ShouldBe(HttpStatusCode.Forbidden);
    }

    internal static async Task ShouldCloseAsync(RawClient client, int code, bool final)
    {
        var goodbye = await client.WaitAsync("goodbye");
        ((int)goodbye["code"]!).ShouldBe(code);
        (goodbye["reconnect"] is JsonObject).ShouldBe(!final);
        await client.ClosedAsync();
        ((int?)client.CloseStatus).ShouldBe(code);
        client.Frames[^1].ShouldBe(goodbye);
    }

    private static class CloseExpected
    {
        public const int ProtocolError = 1002;
    }
}
