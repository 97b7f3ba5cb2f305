using System.Globalization;
using System.Net;

namespace Realtime.Cluster.Links;

/// <summary><c>host:port</c>, <c>192.0.2.1:port</c> or <c>[2001:db8::1]:port</c>.</summary>
internal static class PeerAddress
{
    public static EndPoint? TryParse(string address)
    {
        var colon = address.LastIndexOf(':');
        if (colon <= 0 || !ushort.TryParse(address.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var port) || port == 0)
        {
            return null;
        }

        var host = address[..colon];
        if (host.StartsWith('[') && host.EndsWith(']'))
        {
            return IPAddress.TryParse(host.AsSpan(1, host.Length - 2), out var six) ? new IPEndPoint(six, port) : null;
        }

        if (IPAddress.TryParse(host, out var ip))
        {
            // Without brackets an IPv6 address and its port cannot be told apart.
            return host.Contains(':', StringComparison.Ordinal) ? null : new IPEndPoint(ip, port);
        }

        return Uri.CheckHostName(host) is UriHostNameType.Dns ? new DnsEndPoint(host, port) : null;
    }
}
