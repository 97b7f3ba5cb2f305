using System.Buffers.Binary;
using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;
using Realtime.Tests.Support;

namespace Realtime.Tests.EndToEnd;

/// <summary>A subscriber on a bare TCP socket with a tiny receive buffer that reads only when it is told to.</summary>
internal sealed class StoppedReader : IDisposable
{
    private readonly Socket _socket;
    private readonly NetworkStream _stream;

    private StoppedReader(Socket socket)
    {
        _socket = socket;
        _stream = new NetworkStream(socket, ownsSocket: true);
    }

    public static async Task<StoppedReader> OpenAsync(Uri node, string channel)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { ReceiveBufferSize = 4096 };
        await socket.ConnectAsync(node.Host, node.Port);
        var reader = new StoppedReader(socket);
        await reader._stream.WriteAsync(Encoding.ASCII.GetBytes(
            $"GET /v1/connect HTTP/1.1\r\nHost: {node.Authority}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
            + "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Protocol: realtime.v1.json\r\n\r\n"));
        await reader.ReadHeadAsync().Within("the upgrade");
        await reader.SendAsync($$"""{"type":"hello","id":1,"subscriptions":[{"channel":"{{channel}}"}]}""");
        var welcome = await reader.ReadMessageAsync().Within("the welcome");
        ((string?)welcome.AsObject()["type"]).ShouldBe("welcome");
        return reader;
    }

    /// <summary>Reads on now, all the way.</summary>
    public async Task<IReadOnlyList<long>> ReadOffsetsAsync(int count)
    {
        var offsets = new List<long>();
        while (offsets.Count < count)
        {
            foreach (var frame in await ReadFramesAsync())
            {
                switch ((string?)frame["type"])
                {
                    case "message":
                        offsets.Add((long)frame["offset"]!);
                        break;
                    case "ping":
                        await SendAsync("""{"type":"pong"}""");
                        break;
                    default:
                        throw new InvalidOperationException(frame.ToJsonString());
                }
            }
        }

        return offsets;
    }

    /// <summary>The frames of the next transport message.</summary>
    public async Task<IReadOnlyList<JsonNode>> ReadFramesAsync()
    {
        var node = await ReadMessageAsync().Within("the next message");
        return node is JsonArray array ? [.. array.Select(item => item!)] : [node];
    }

    /// <summary>Reads the goodbye and the close frame behind it; its code.</summary>
    public async Task<int> ReadCloseAsync()
    {
        var goodbye = await ReadMessageAsync().Within("the goodbye");
        ((string?)goodbye["type"]).ShouldBe("goodbye");
        var head = new byte[4];
        await _stream.ReadExactlyAsync(head).AsTask().Within("the close frame");
        ((int)head[0]).ShouldBe(0x88);
        return BinaryPrimitives.ReadUInt16BigEndian(head.AsSpan(2));
    }

    public void Dispose() => _stream.Dispose();

    public async Task SendAsync(string text)
    {
        var payload = Encoding.UTF8.GetBytes(text);
        var frame = new byte[payload.Length + 8];
        frame[0] = 0x81;
        frame[1] = 0x80 | 126;
        BinaryPrimitives.WriteUInt16BigEndian(frame.AsSpan(2), (ushort)payload.Length);
        payload.CopyTo(frame, 8); // Masked with zeros: the bytes as they are.
        await _stream.WriteAsync(frame);
    }

    /// <summary>Each byte in a frame of its own.</summary>
    public async Task SendFragmentsAsync(string text)
    {
        var payload = Encoding.UTF8.GetBytes(text);
        var fragments = new byte[payload.Length * 7];
        for (var i = 0; i < payload.Length; i++)
        {
            var fragment = fragments.AsSpan(i * 7, 7);
            fragment[0] = (byte)((i == 0 ? 1 : 0) | (i == payload.Length - 1 ? 0x80 : 0));
            fragment[1] = 0x80 | 1;
            fragment[6] = payload[i];
        }

        await _stream.WriteAsync(fragments);
    }

    /// <summary>Sends the head of a frame that is to have so many bytes, and some of them.</summary>
    public async Task SendPartAsync(ulong announced, int sent)
    {
        var part = new byte[14 + sent];
        part[0] = 0x81;
        part[1] = 0x80 | 127;
        BinaryPrimitives.WriteUInt64BigEndian(part.AsSpan(2), announced);
        part.AsSpan(14).Fill((byte)'x');
        await _stream.WriteAsync(part);
    }

    private async Task ReadHeadAsync()
    {
        var head = new StringBuilder();
        var one = new byte[1];
        while (!head.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal))
        {
            await _stream.ReadExactlyAsync(one);
            head.Append((char)one[0]);
        }

        head.ToString().ShouldStartWith("HTTP/1.1 101");
    }

    private async Task<JsonNode> ReadMessageAsync()
    {
        var head = new byte[2];
        await _stream.ReadExactlyAsync(head);
        ((int)head[0]).ShouldBe(0x81);
        long length = head[1];
        if (length >= 126)
        {
            var extended = new byte[length == 126 ? 2 : 8];
            await _stream.ReadExactlyAsync(extended);
            length = length == 126 ? BinaryPrimitives.ReadUInt16BigEndian(extended) : (long)BinaryPrimitives.ReadUInt64BigEndian(extended);
        }

        var payload = new byte[length];
        await _stream.ReadExactlyAsync(payload);
        return JsonNode.Parse(payload)!;
    }
}
