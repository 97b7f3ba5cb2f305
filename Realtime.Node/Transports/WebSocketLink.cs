using System.Buffers;
using System.Net.Sockets;
using System.Net.WebSockets;
using Realtime.Messages.Errors;
using Realtime.Node.Codecs;
using Realtime.Node.Connections;

namespace Realtime.Node.Transports;

/// <summary>
/// Carries transport messages over one WebSocket (RFC 6455). Reading begins with an empty buffer, so that an idle connection holds none.
/// </summary>
internal sealed class WebSocketLink(WebSocket socket, IFrameCodec codec, Socket? tcp = null) : IClientLink
{
    private const int FirstBuffer = 4 * 1024;

    public string Transport => "websocket";

    public IFrameCodec Codec => codec;

    /// <summary>The socket closed by itself and told the peer why: to drop the link at once would take that back before it is read.</summary>
    public bool HasSaidWhy { get; private set; }

    public ValueTask SendAsync(ReadOnlyMemory<byte> message)
    {
        ValueTask sending;
        try
        {
            sending = socket.SendAsync(
                message, codec.IsText ? WebSocketMessageType.Text : WebSocketMessageType.Binary,
                WebSocketMessageFlags.EndOfMessage, CancellationToken.None);
        }
        catch (Exception failure) when (IsGone(failure))
        {
            return ValueTask.FromException(new IOException("the socket is gone", failure));
        }

        return sending.IsCompletedSuccessfully ? sending : Await(sending);
    }

    public async ValueTask CloseAsync(CloseCode code, string reason)
    {
        try
        {
            await socket.CloseOutputAsync((WebSocketCloseStatus)code, reason, CancellationToken.None).ConfigureAwait(false);
        }
        catch (Exception failure) when (IsGone(failure))
        {
            Abort();
        }
    }

    public LinkProgress? Measure() => tcp is null ? null : TcpProgress.Of(tcp);

    public void Abort() => socket.Abort();

    /// <summary>
    /// Reads until the peer closes or the link is gone. The wait for the next message stands here, in the outermost method, so that an
    /// idle connection holds as few suspended methods as possible; it ends with the socket, so no token is registered with it either.
    /// </summary>
    public async Task ReadAsync(IClientConnection connection)
    {
        try
        {
            while (true)
            {
                var first = await socket.ReceiveAsync(Memory<byte>.Empty, CancellationToken.None).ConfigureAwait(false);
                if (first.MessageType is WebSocketMessageType.Close || !await ReadRestAsync(connection, first).ConfigureAwait(false))
                {
                    break;
                }
            }

            await AwaitCloseAsync().ConfigureAwait(false);
        }
        catch (Exception failure) when (IsGone(failure))
        {
            // A breach of RFC 6455 itself (text that is no UTF-8, a bad header) has been answered with a close frame by the socket.
            HasSaidWhy = failure is WebSocketException { WebSocketErrorCode: WebSocketError.Faulted };
            if (!HasSaidWhy)
            {
                Abort();
            }
        }
        finally
        {
            connection.LinkLost(byPeer: socket.CloseStatus is not null);
        }
    }

    /// <returns>False when there is nothing more to read.</returns>
    private async ValueTask<bool> ReadRestAsync(IClientConnection connection, ValueWebSocketReceiveResult received)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(FirstBuffer);
        try
        {
            var length = 0;
            while (!received.EndOfMessage)
            {
                if (length == buffer.Length)
                {
                    buffer = Grow(buffer, length);
                }

                received = await socket.ReceiveAsync(buffer.AsMemory(length, Math.Min(buffer.Length, connection.MessageLimit + 1) - length), CancellationToken.None).ConfigureAwait(false);
                if (received.MessageType is WebSocketMessageType.Close)
                {
                    return false;
                }

                length += received.Count;
                connection.Hear(received.Count);
                if (length > connection.MessageLimit)
                {
                    connection.Dismiss(CloseCode.MessageTooBig);
                    return false;
                }
            }

            if (received.MessageType is WebSocketMessageType.Text != codec.IsText)
            {
                connection.Dismiss(CloseCode.ProtocolError);
                return false;
            }

            return await connection.ReceiveAsync(buffer.AsMemory(0, length)).ConfigureAwait(false);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>
    /// Answers the peer's close, or waits for the answer to ours while throwing away what still comes. The connection aborts the link
    /// when that takes too long.
    /// </summary>
    private async Task AwaitCloseAsync()
    {
        var sink = ArrayPool<byte>.Shared.Rent(FirstBuffer);
        try
        {
            while (socket.State is WebSocketState.Open or WebSocketState.CloseSent)
            {
                await socket.ReceiveAsync(sink.AsMemory(), CancellationToken.None).ConfigureAwait(false);
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(sink);
        }

        if (socket.State is WebSocketState.CloseReceived)
        {
            await socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, CancellationToken.None).ConfigureAwait(false);
        }
    }

    private static byte[] Grow(byte[] buffer, int length)
    {
        var bigger = ArrayPool<byte>.Shared.Rent(length * 2);
        buffer.AsSpan(0, length).CopyTo(bigger);
        ArrayPool<byte>.Shared.Return(buffer);
        return bigger;
    }

    private static async ValueTask Await(ValueTask sending)
    {
        try
        {
            await sending.ConfigureAwait(false);
        }
        catch (Exception failure) when (IsGone(failure))
        {
            throw new IOException("the socket is gone", failure);
        }
    }

    private static bool IsGone(Exception failure) =>
        failure is WebSocketException or IOException or ObjectDisposedException or OperationCanceledException or InvalidOperationException;
}
