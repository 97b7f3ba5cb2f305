using System.Buffers;
using System.Globalization;
using System.Net.WebSockets;
using System.Text;

namespace Kestrel.Reference;

/// <summary>
/// The least a broadcast server can be: accept, remember the socket, send what a publisher says to everybody, one <c>SendAsync</c> per socket.
/// It answers just enough of the native protocol for the load generator to drive it, and reads no JSON.
/// </summary>
internal sealed class BroadcastLoop
{
    private const int LargestFrame = 64 * 1024;

    private readonly SemaphoreSlim _turn = new(1, 1);
    private readonly Lock _listenersLock = new();
    private readonly HashSet<WebSocket> _listeners = [];
    private WebSocket[]? _snapshot;
    private long _offset;
    private int _sessions;

    public async Task ServeAsync(HttpContext context)
    {
        if (!context.WebSockets.IsWebSocketRequest)
        {
            context.Response.StatusCode = StatusCodes.Status400BadRequest;
            return;
        }

        using var socket = await context.WebSockets.AcceptWebSocketAsync("realtime.v1.json");
        try
        {
            await ReadAsync(socket, context.RequestAborted);
        }
        catch (Exception fault) when (fault is WebSocketException or OperationCanceledException)
        {
            // The client went away without a close frame: the end of this connection and of nothing else.
        }
        finally
        {
            lock (_listenersLock)
            {
                if (_listeners.Remove(socket))
                    _snapshot = null;
            }
        }
    }

    private async Task ReadAsync(WebSocket socket, CancellationToken aborted)
    {
        while (true)
        {
            // A zero-byte read first: an idle connection then holds no receive buffer, as in the server it is compared with.
            var first = await socket.ReceiveAsync(Memory<byte>.Empty, aborted);
            if (first.MessageType == WebSocketMessageType.Close)
            {
                await socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, aborted);
                return;
            }

            var buffer = ArrayPool<byte>.Shared.Rent(LargestFrame);
            try
            {
                var length = 0;
                ValueWebSocketReceiveResult part;
                do
                {
                    part = await socket.ReceiveAsync(buffer.AsMemory(length), aborted);
                    length += part.Count;
                }
                while (!part.EndOfMessage && length < buffer.Length);

                if (part.MessageType == WebSocketMessageType.Close)
                {
                    await socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, aborted);
                    return;
                }

                await AnswerAsync(socket, buffer.AsMemory(0, length), aborted);
            }
            finally
            {
                ArrayPool<byte>.Shared.Return(buffer);
            }
        }
    }

    private Task AnswerAsync(WebSocket socket, ReadOnlyMemory<byte> frame, CancellationToken aborted)
    {
        if (frame.Span.StartsWith("{\"type\":\"hello\""u8))
            return WelcomeAsync(socket, frame, aborted);
        if (frame.Span.StartsWith("{\"type\":\"publish\""u8))
            return PublishAsync(socket, frame, aborted);
        return Task.CompletedTask;
    }

    private async Task WelcomeAsync(WebSocket socket, ReadOnlyMemory<byte> hello, CancellationToken aborted)
    {
        var number = Interlocked.Increment(ref _sessions);
        var subscription = "";
        var channel = Between(hello.Span, "\"channel\":\""u8, (byte)'"');
        if (channel.Length > 0)
        {
            lock (_listenersLock)
            {
                _listeners.Add(socket);
                _snapshot = null;
            }

            subscription = $"{{\"channel\":\"{channel}\",\"position\":\"k:{_offset}\",\"head\":\"k:{_offset}\"}}";
        }

        var welcome = $"{{\"type\":\"welcome\",\"id\":1,\"session\":\"k{number}\",\"resumed\":false,\"subscriptions\":[{subscription}],\"state\":{{}}}}";
        await socket.SendAsync(Encoding.UTF8.GetBytes(welcome), WebSocketMessageType.Text, true, aborted);
    }

    /// <summary>One message at a time, to one listener after the other: a WebSocket allows one send under way.</summary>
    private async Task PublishAsync(WebSocket publisher, ReadOnlyMemory<byte> frame, CancellationToken aborted)
    {
        var id = Between(frame.Span, "\"id\":"u8, (byte)',');
        var channel = Between(frame.Span, "\"channel\":\""u8, (byte)'"');
        var dataAt = frame.Span.IndexOf("\"data\":"u8) + "\"data\":"u8.Length;
        var data = frame[dataAt..^1];

        await _turn.WaitAsync(aborted);
        try
        {
            _offset++;
            var at = TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds();
            var head = $"{{\"type\":\"message\",\"channel\":\"{channel}\",\"offset\":{_offset},\"data\":";
            var tail = string.Create(CultureInfo.InvariantCulture, $",\"at\":{at}}}");
            byte[] message = [.. Encoding.UTF8.GetBytes(head), .. data.Span, .. Encoding.UTF8.GetBytes(tail)];
            foreach (var listener in Listeners())
                await SendToListenerAsync(listener, message);
            var reply = $"{{\"type\":\"reply\",\"id\":{id},\"position\":\"k:{_offset}\"}}";
            await publisher.SendAsync(Encoding.UTF8.GetBytes(reply), WebSocketMessageType.Text, true, aborted);
        }
        finally
        {
            _turn.Release();
        }
    }

    private WebSocket[] Listeners()
    {
        lock (_listenersLock)
            return _snapshot ??= [.. _listeners];
    }

    /// <summary>Not cancelled by the publisher's leaving: a cancelled send aborts the listener's WebSocket.</summary>
    private static async ValueTask SendToListenerAsync(WebSocket listener, byte[] message)
    {
        try
        {
            await listener.SendAsync(message, WebSocketMessageType.Text, true, CancellationToken.None);
        }
        catch (Exception fault) when (fault is WebSocketException or ObjectDisposedException)
        {
            // That listener has just left; its own read loop removes it, and the others still want the message.
        }
    }

    private static string Between(ReadOnlySpan<byte> frame, ReadOnlySpan<byte> before, byte end)
    {
        var start = frame.IndexOf(before);
        if (start < 0)
            return "";
        var rest = frame[(start + before.Length)..];
        var length = rest.IndexOf(end);
        return length < 0 ? "" : Encoding.UTF8.GetString(rest[..length]);
    }
}
