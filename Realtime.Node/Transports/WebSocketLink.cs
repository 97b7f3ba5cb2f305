using System.Buffers;
using System.Net.WebSockets;
using Realtime.Messages.Errors;
using Realtime.Node.Codecs;
using Realtime.Node.Connections;

namespace Realtime.Node.Transports;

/// <summary>
/// Carries transport messages over one WebSocket (RFC 6455). Reading begins with an empty buffer, so that an idle connection holds none.
/// </summary>
internal sealed class WebSocketLink(WebSocket socket, IFrameCodec codec) : IClientLink
{
    private const int FirstBuffer = 4 * 1024;

    public string Transport => "websocket";

    public IFrameCodec Codec => codec;

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

    public void Abort() => socket.Abort();

    /// <summary>Reads until the peer closes or the link is gone.</summary>
    public async Task ReadAsync(Connection connection, CancellationToken cancellation)
    {
        try
        {
            while (await ReadOneAsync(connection, cancellation).ConfigureAwait(false))
            {
            }

            await AwaitCloseAsync(cancellation).ConfigureAwait(false);
        }
        catch (Exception failure) when (IsGone(failure))
        {
            Abort();
        }
        finally
        {
            connection.LinkLost();
        }
    }

    /// <returns>False when there is nothing more to read.</returns>
    private async ValueTask<bool> ReadOneAsync(Connection connection, CancellationToken cancellation)
    {
        var first = await socket.ReceiveAsync(Memory<byte>.Empty, cancellation).ConfigureAwait(false);
        if (first.MessageType is WebSocketMessageType.Close)
        {
            return false;
        }

        var buffer = ArrayPool<byte>.Shared.Rent(FirstBuffer);
        try
        {
            var length = 0;
            var received = first;
            while (!received.EndOfMessage)
            {
                if (length == buffer.Length)
                {
                    buffer = Grow(buffer, length);
                }

                received = await socket.ReceiveAsync(buffer.AsMemory(length), cancellation).ConfigureAwait(false);
                if (received.MessageType is WebSocketMessageType.Close)
                {
                    return false;
                }

                length += received.Count;
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
    private async Task AwaitCloseAsync(CancellationToken cancellation)
    {
        var sink = ArrayPool<byte>.Shared.Rent(FirstBuffer);
        try
        {
            while (socket.State is WebSocketState.Open or WebSocketState.CloseSent)
            {
                await socket.ReceiveAsync(sink.AsMemory(), cancellation).ConfigureAwait(false);
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(sink);
        }

        if (socket.State is WebSocketState.CloseReceived)
        {
            await socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, cancellation).ConfigureAwait(false);
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
