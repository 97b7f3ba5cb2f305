using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Primitives;
using Realtime.Node.Connections.Core;

namespace Realtime.Node.Transports;

/// <summary>
/// Where a client is: the other end of its connection, or what a proxy there says. A proxy is believed when its address is a private one; it appends
/// whom it saw, so only the last entry is its own word, and what stands before that may be anybody's.
/// </summary>
internal static class ForwardedFor
{
    public static ClientAddress AddressOf(HttpContext context) =>
        ClientAddress.Of(Client(context.Connection.RemoteIpAddress, context.Request.Headers["X-Forwarded-For"]));

    /// <param name="peer">Null: not known, as with a Unix socket, where only the same machine can be.</param>
    public static IPAddress? Client(IPAddress? peer, StringValues forwarded)
    {
        if (forwarded.Count == 0 || (peer is not null && !IsPrivate(peer)))
        {
            return peer;
        }

        // Some proxies append the port. What is no address says nothing ("unknown" is a custom).
        var last = (forwarded[^1] ?? "").Split(',')[^1].Trim();
        return IPEndPoint.TryParse(last, out var client) ? client.Address : peer;
    }

    /// <summary>Loopback, RFC 1918, RFC 4193, link-local.</summary>
    private static bool IsPrivate(IPAddress address)
    {
        var plain = address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
        if (IPAddress.IsLoopback(plain) || plain.IsIPv6UniqueLocal || plain.IsIPv6LinkLocal)
        {
            return true;
        }

        if (plain.AddressFamily is not AddressFamily.InterNetwork)
        {
            return false;
        }

        Span<byte> bytes = stackalloc byte[4];
        plain.TryWriteBytes(bytes, out _);
        return bytes is [10, ..] or [172, >= 16 and < 32, ..] or [192, 168, ..] or [169, 254, ..];
    }
}
