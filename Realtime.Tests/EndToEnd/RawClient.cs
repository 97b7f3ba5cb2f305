using System.Buffers.Text;
using System.Collections.Concurrent;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Realtime.Messages.Ids;
using Realtime.Tests.Support;

namespace Realtime.Tests.EndToEnd;

/// <summary>A client that sends exactly the text it is given and keeps every frame that comes, arrays taken apart.</summary>
internal sealed class RawClient : IAsyncDisposable
{
    private readonly ClientWebSocket _socket = new();
    private readonly List<JsonObject> _frames = [];
    private readonly List<(Func<JsonObject, bool> Wanted, TaskCompletionSource<JsonObject> Found)> _waiting = [];
    private readonly Lock _lock = new();
    private readonly TaskCompletionSource _closed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public static TimeSpan Patience => TimeSpan.FromSeconds(20);

    public WebSocketCloseStatus? CloseStatus => _socket.CloseStatus;

    public string? CloseReason => _socket.CloseStatusDescription;

    /// <summary>Everything that came so far.</summary>
    public IReadOnlyList<JsonObject> Frames
    {
        get
        {
            lock (_lock)
            {
                return [.. _frames];
            }
        }
    }

    public static async Task<RawClient> OpenAsync(Uri node, string? subprotocol = "realtime.v1.json", string query = "", string? forwardedFor = null)
    {
        var client = new RawClient();
        if (subprotocol is not null)
        {
            client._socket.Options.AddSubProtocol(subprotocol);
        }

        if (forwardedFor is not null)
        {
            client._socket.Options.SetRequestHeader("X-Forwarded-For", forwardedFor);
        }

        using var deadline = new CancellationTokenSource(Patience);
        await client._socket.ConnectAsync(new UriBuilder(node) { Scheme = "ws", Path = "/v1/connect", Query = query }.Uri, deadline.Token);
        _ = client.ReadAsync();
        return client;
    }

    /// <summary>Opens, says hello and waits for the welcome.</summary>
    public static async Task<RawClient> HelloAsync(Uri node, string rest = "", string query = "", string? forwardedFor = null)
    {
        var client = await OpenAsync(node, query: query, forwardedFor: forwardedFor);
        await client.SendAsync($$"""{"type":"hello","id":1{{(rest.Length > 0 ? "," + rest : "")}}}""");
        await client.WaitAsync("welcome");
        return client;
    }

    public JsonObject Welcome => Frames.First(frame => TypeOf(frame) == "welcome");

    /// <summary>The resume token.</summary>
    public string Session => Canaries.Suite.Plant((string)Welcome["session"]!);

    /// <summary>Whose id stands in the token, behind the number of its key.</summary>
    public SessionId SessionId => SessionId.Read(Base64Url.DecodeFromChars(Session).AsSpan(1, SessionId.Bytes));

    public async Task SendAsync(string text)
    {
        using var deadline = new CancellationTokenSource(Patience);
        await _socket.SendAsync(Encoding.UTF8.GetBytes(text), WebSocketMessageType.Text, true, deadline.Token);
    }

    public async Task SendBytesAsync(ReadOnlyMemory<byte> bytes, WebSocketMessageType type, bool end = true)
    {
        using var deadline = new CancellationTokenSource(Patience);
        await _socket.SendAsync(bytes, type, end, deadline.Token);
    }

    /// <summary>Sends a request and gives its reply or error.</summary>
    public async Task<JsonObject> AskAsync(string text)
    {
        var id = (long)JsonNode.Parse(text)!["id"]!;
        await SendAsync(text);
        return await WaitAsync($"answer to {id}", frame => frame["id"]?.GetValue<long>() == id && TypeOf(frame) is "reply" or "error" && frame["id"]?.GetValue<long>() == id);
    }

    public Task<JsonObject> WaitAsync(string type) => WaitAsync(type, frame => TypeOf(frame) == type);

    public async Task<JsonObject> WaitAsync(string what, Func<JsonObject, bool> wanted)
    {
        var found = new TaskCompletionSource<JsonObject>(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_lock)
        {
            if (_frames.Find(frame => wanted(frame)) is { } known)
            {
                return known;
            }

            _waiting.Add((wanted, found));
        }

        var first = await Task.WhenAny(found.Task, _closed.Task.ContinueWith(_ => { }, TaskScheduler.Default)).WaitAsync(Patience).ContinueWith(task => task, TaskScheduler.Default);
        if (first.IsFaulted || !found.Task.IsCompleted)
        {
            throw new TimeoutException($"no {what}; closed: {_closed.Task.IsCompleted} {CloseStatus} {CloseReason}; came: {string.Join("\n", Frames.Select(frame => frame.ToJsonString()))}");
        }

        return await found.Task;
    }

    /// <summary>Messages of a channel, once there are so many.</summary>
    public async Task<IReadOnlyList<JsonObject>> MessagesAsync(string channel, int count)
    {
        var seen = 0;
        await WaitAsync($"{count} messages of {channel}", frame => TypeOf(frame) == "message" && (string?)frame["channel"] == channel && ++seen >= count);
        return MessagesOf(channel);
    }

    public IReadOnlyList<JsonObject> MessagesOf(string channel) =>
        [.. Frames.Where(frame => TypeOf(frame) == "message" && (string?)frame["channel"] == channel)];

    public Task ClosedAsync() => _closed.Task.WaitAsync(Patience);

    /// <summary>Cuts the connection without a word.</summary>
    public void Cut() => _socket.Abort();

    public async Task CloseAsync()
    {
        using var deadline = new CancellationTokenSource(Patience);
        await _socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, deadline.Token);
        await ClosedAsync();
    }

    public ValueTask DisposeAsync()
    {
        _socket.Abort();
        _socket.Dispose();
        return ValueTask.CompletedTask;
    }

    public static string? TypeOf(JsonObject frame) => (string?)frame["type"];

    private async Task ReadAsync()
    {
        var buffer = new byte[256 * 1024];
        try
        {
            while (true)
            {
                var length = 0;
                ValueWebSocketReceiveResult received;
                do
                {
                    if (length == buffer.Length)
                    {
                        Array.Resize(ref buffer, buffer.Length * 2);
                    }

                    received = await _socket.ReceiveAsync(buffer.AsMemory(length), CancellationToken.None);
                    length += received.Count;
                }
                while (!received.EndOfMessage);
                if (received.MessageType == WebSocketMessageType.Close)
                {
                    await _socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, CancellationToken.None);
                    break;
                }

                Take(JsonNode.Parse(buffer.AsSpan(0, length), documentOptions: new JsonDocumentOptions { AllowTrailingCommas = false })!);
            }
        }
        catch (Exception failure) when (failure is WebSocketException or OperationCanceledException or ObjectDisposedException or IOException)
        {
            // The link is gone; what waits is told below.
        }
        finally
        {
            _closed.TrySetResult();
        }
    }

    private void Take(JsonNode node)
    {
        foreach (var frame in node is JsonArray array ? array.Select(item => item!.AsObject()) : [node.AsObject()])
        {
            List<TaskCompletionSource<JsonObject>> found = [];
            lock (_lock)
            {
                _frames.Add(frame);
                for (var i = _waiting.Count - 1; i >= 0; i--)
                {
                    if (_waiting[i].Wanted(frame))
                    {
                        found.Add(_waiting[i].Found);
                        _waiting.RemoveAt(i);
                    }
                }
            }

            found.ForEach(waiter => waiter.TrySetResult(frame));
        }
    }
}
