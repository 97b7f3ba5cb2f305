using System.Buffers;
using System.Net.WebSockets;

namespace Realtime.Client.Links;

/// <summary>A WebSocket as a link: one frame per text message up, one frame or an array of them down.</summary>
internal sealed class WebSocketLink(ClientWebSocket socket) : ILink
{
    /// <summary>A server that sends more than this in one message is broken; reading on would only fill the memory.</summary>
    private const int MaxMessage = 64 * 1024 * 1024;

    /// <summary>Bytes: so much of a large frame is handed over at a time, and each part that is taken is a sign of life.</summary>
    private const int Slice = 16 * 1024;

    private Action _progress = static () => { };

    public int? CloseCode => (int?)socket.CloseStatus;

    public void OnProgress(Action report) => _progress = report;

    public async ValueTask SendAsync(ReadOnlyMemory<byte> frame, CancellationToken cancellation)
    {
        do
        {
            var slice = frame[..Math.Min(Slice, frame.Length)];
            frame = frame[slice.Length..];
            var sending = socket.SendAsync(slice, WebSocketMessageType.Text, endOfMessage: frame.IsEmpty, cancellation);
            if (!sending.IsCompletedSuccessfully)
            {
                await sending.ConfigureAwait(false);
                // It had to wait for room, and only the other side's acknowledgement makes room. What was taken at once lies in this system's own
                // buffer and says nothing.
                _progress();
            }
        }
        while (!frame.IsEmpty);
    }

    public async ValueTask<ReadOnlyMemory<byte>?> ReceiveAsync(CancellationToken cancellation)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(4096);
        try
        {
            var length = 0;
            while (true)
            {
                var part = await socket.ReceiveAsync(buffer.AsMemory(length), cancellation).ConfigureAwait(false);
                if (part.MessageType == WebSocketMessageType.Close)
                {
                    return null;
                }

                length += part.Count;
                if (part.EndOfMessage)
                {
                    return buffer.AsSpan(0, length).ToArray();
                }

                _progress();

                buffer = length == buffer.Length ? Grow(buffer) : buffer;
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    public async ValueTask CloseAsync(int code, CancellationToken cancellation)
    {
        if (socket.State is WebSocketState.Open or WebSocketState.CloseReceived)
        {
            await socket.CloseOutputAsync((WebSocketCloseStatus)code, null, cancellation).ConfigureAwait(false);
        }
    }

    public ValueTask DisposeAsync()
    {
        socket.Dispose();
        return ValueTask.CompletedTask;
    }

    private static byte[] Grow(byte[] buffer)
    {
        if (buffer.Length >= MaxMessage)
        {
            throw new WebSocketException(WebSocketError.Faulted, "The server sent a message without end.");
        }

        var larger = ArrayPool<byte>.Shared.Rent(buffer.Length * 2);
        buffer.AsSpan().CopyTo(larger);
        ArrayPool<byte>.Shared.Return(buffer);
        return larger;
    }
}
