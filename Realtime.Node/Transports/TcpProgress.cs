using System.Buffers.Binary;
using System.Net.Sockets;
using Realtime.Node.Connections;

namespace Realtime.Node.Transports;

/// <summary>
/// What the peer's kernel has acknowledged of a TCP connection. A send completes when the own kernel has taken the bytes, which may be
/// minutes before a slow link has carried them. Linux only (<c>tcp(7)</c>, <c>TCP_INFO</c>).
/// </summary>
internal static class TcpProgress
{
    private const int Tcp = 6;
    private const int TcpInfo = 11;

    // Offsets in struct tcp_info of linux/tcp.h, which only ever grows at its end.
    private const int UnackedSegments = 24;
    private const int AckedBytes = 120;
    private const int NotSentBytes = 144;
    private const int Needed = 148;

    /// <returns>Null when the system cannot tell, or the socket is gone.</returns>
    public static LinkProgress? Of(Socket socket)
    {
        if (!OperatingSystem.IsLinux())
        {
            return null;
        }

        Span<byte> info = stackalloc byte[Needed];
        try
        {
            if (socket.GetRawSocketOption(Tcp, TcpInfo, info) < Needed)
            {
                return null;
            }
        }
        catch (Exception failure) when (failure is SocketException or ObjectDisposedException)
        {
            return null; // No TCP socket, or none any more: the reader hears of that by itself.
        }

        var unacked = BinaryPrimitives.ReadUInt32LittleEndian(info[UnackedSegments..]);
        var notSent = BinaryPrimitives.ReadUInt32LittleEndian(info[NotSentBytes..]);
        return new LinkProgress(BinaryPrimitives.ReadInt64LittleEndian(info[AckedBytes..]), unacked > 0 || notSent > 0);
    }
}
