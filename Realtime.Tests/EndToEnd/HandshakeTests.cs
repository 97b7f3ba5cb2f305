using System.Net.Sockets;
using System.Text;

namespace Realtime.Tests.EndToEnd;

/// <summary>What is no WebSocket handshake is told what to speak (RFC 9110, 15.5.22; RFC 6455, 4.4), by whoever asks: browsers, curl, proxies.</summary>
[Collection(ActorSystems.Name)]
public sealed class HandshakeTests(SharedNode node) : IClassFixture<SharedNode>
{
    private const string Key = "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n";
    private const string Upgrade = "Upgrade: websocket\r\nConnection: Upgrade\r\n";

    [Theory]
    [InlineData("GET", "1.1", "")]
    [InlineData("GET", "1.1", Upgrade + Key + "Sec-WebSocket-Version: 8\r\n")]
    [InlineData("GET", "1.1", Upgrade + Key)]
    [InlineData("GET", "1.1", Upgrade + "Sec-WebSocket-Key: short\r\nSec-WebSocket-Version: 13\r\n")]
    [InlineData("POST", "1.1", Upgrade + Key + "Sec-WebSocket-Version: 13\r\nContent-Length: 0\r\n")]
    [InlineData("GET", "1.0", Upgrade + Key + "Sec-WebSocket-Version: 13\r\n")]
    [InlineData("GET", "1.0", "")]
    public async Task What_is_no_handshake_is_told_what_to_speak(string method, string version, string headers)
    {
        var answer = await AskAsync($"{method} /v1/connect HTTP/{version}\r\nHost: localhost\r\n{headers}\r\n");

        answer[0].ShouldBe("HTTP/1.1 426 Upgrade Required");
        answer.ShouldContain("Connection: Upgrade");
        answer.ShouldContain("Upgrade: websocket");
        answer.ShouldContain("Sec-WebSocket-Version: 13");
        answer.ShouldContain("This address speaks WebSocket only.");
    }

    [Fact]
    public async Task A_handshake_is_one()
    {
        var answer = await AskAsync($"GET /v1/connect HTTP/1.1\r\nHost: localhost\r\n{Upgrade}{Key}Sec-WebSocket-Version: 13\r\n\r\n", head: true);

        answer[0].ShouldBe("HTTP/1.1 101 Switching Protocols");
    }

    /// <summary>The lines of the answer: to the end of its head, or with its body, whose last line tells people.</summary>
    private async Task<string[]> AskAsync(string request, bool head = false)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        deadline.CancelAfter(RawClient.Patience);
        using var client = new TcpClient();
        await client.ConnectAsync(node.Url.Host, node.Url.Port, deadline.Token);
        await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes(request), deadline.Token);
        var buffer = new byte[4096];
        var text = "";
        while (!text.Contains(head ? "\r\n\r\n" : "WebSocket only.", StringComparison.Ordinal)
            && await client.GetStream().ReadAsync(buffer, deadline.Token) is var count and > 0)
        {
            text += Encoding.ASCII.GetString(buffer, 0, count);
        }

        return text.Split("\r\n");
    }
}
