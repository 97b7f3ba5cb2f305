using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using Realtime.Tests.Support;

namespace Realtime.Tests.Clients.DotNet;

/// <summary>The server's end of one WebSocket, in the hands of a test.</summary>
internal sealed class ScriptedConnection(WebSocket socket, string? query)
{
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public string? Query => query;

    /// <summary>Ends when the test has closed or cut the connection.</summary>
    public Task Ended => _ended.Task;

    /// <summary>The close code the client gave; null when it just vanished.</summary>
    public int? CloseCode => (int?)socket.CloseStatus;

    /// <summary>The next frame of the client, which has to be of this type.</summary>
    public async Task<JsonElement> ExpectAsync(string type)
    {
        var frame = await ReceiveAsync().Within($"a frame '{type}'");
        frame.ShouldNotBeNull($"The client closed the connection instead of sending '{type}'.");
        frame.Value.GetProperty("type").GetString().ShouldBe(type);
        return frame.Value;
    }

    /// <summary>Waits until the client closes, and answers that.</summary>
    public async Task ExpectCloseAsync()
    {
        (await ReceiveAsync().Within("the client to close")).ShouldBeNull();
        await socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, CancellationToken.None);
        _ended.TrySetResult();
    }

    public Task SendAsync(string json) =>
        socket.SendAsync(Encoding.UTF8.GetBytes(json), WebSocketMessageType.Text, endOfMessage: true, CancellationToken.None);

    /// <summary>A part of a message that goes on.</summary>
    public Task SendPartAsync(string json) =>
        socket.SendAsync(Encoding.UTF8.GetBytes(json), WebSocketMessageType.Text, endOfMessage: false, CancellationToken.None);

    public Task ReplyAsync(JsonElement request, string fields = "") =>
        SendAsync($$"""{"type":"reply","id":{{MachineDriver.Id(request)}}{{(fields.Length > 0 ? "," + fields : "")}}}""");

    /// <summary>Cuts the connection as a broken network does.</summary>
    public void Cut()
    {
        socket.Abort();
        _ended.TrySetResult();
    }

    private async Task<JsonElement?> ReceiveAsync()
    {
        using var whole = new MemoryStream();
        var buffer = new byte[8192];
        while (true)
        {
            var part = await socket.ReceiveAsync(buffer, CancellationToken.None);
            if (part.MessageType == WebSocketMessageType.Close)
            {
                return null;
            }

            whole.Write(buffer, 0, part.Count);
            if (part.EndOfMessage)
            {
                return JsonDocument.Parse(whole.ToArray()).RootElement;
            }
        }
    }
}
