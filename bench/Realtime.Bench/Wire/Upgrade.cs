using System.Security.Cryptography;
using System.Text;

namespace Realtime.Bench.Wire;

/// <summary>The opening handshake, RFC 6455 §4. One key serves the whole process: the server must compute the answer each time, the client only once.</summary>
internal sealed class Upgrade
{
    private readonly string _key = Convert.ToBase64String(RandomNumberGenerator.GetBytes(16));
    private readonly Dictionary<int, byte[]> _plain = [];
    private readonly byte[] _accept;

    public Upgrade()
    {
#pragma warning disable CA5350 // SHA-1 is what the handshake is defined with; nothing is kept secret by it.
        _accept = Encoding.ASCII.GetBytes(Convert.ToBase64String(SHA1.HashData(Encoding.ASCII.GetBytes(_key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"))));
#pragma warning restore CA5350
    }

    /// <param name="query">Empty, or with its question mark.</param>
    public byte[] Request(int port, string query)
    {
        if (query.Length > 0)
            return Write(port, query);
        if (!_plain.TryGetValue(port, out var request))
            _plain[port] = request = Write(port, query);
        return request;
    }

    /// <summary>Bytes of a complete, right answer; zero while it is incomplete.</summary>
    public int TryAccept(ReadOnlySpan<byte> bytes)
    {
        var end = bytes.IndexOf("\r\n\r\n"u8);
        if (end < 0)
            return bytes.Length < 16 * 1024 ? 0 : throw new ProtocolFaultException("the answer to the upgrade has no end");
        var head = bytes[..end];
        if (!head.StartsWith("HTTP/1.1 101 "u8))
            throw new ProtocolFaultException("upgrade refused: " + Encoding.ASCII.GetString(StatusLine(head)));
        if (head.IndexOf(_accept) < 0 || head.IndexOf("realtime.v1.json"u8) < 0)
            throw new ProtocolFaultException("upgrade accepted with a wrong key or subprotocol");
        return end + 4;
    }

    private byte[] Write(int port, string query) => Encoding.ASCII.GetBytes(
        $"GET /v1/connect{query} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n" +
        $"Sec-WebSocket-Key: {_key}\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Protocol: realtime.v1.json\r\n\r\n");

    private static ReadOnlySpan<byte> StatusLine(ReadOnlySpan<byte> head)
    {
        var end = head.IndexOf((byte)'\r');
        return end < 0 ? head : head[..end];
    }
}
