using System.Net;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Realtime.Node.Configuration;

/// <summary>Where a program listens for HTTP and how much it takes from strangers there.</summary>
public static class WebListener
{
    /// <summary><c>localhost</c>, <c>*</c> for every address, or one IP address.</summary>
    public static bool IsAddress(string? text) => text is "localhost" or "*" || IPAddress.TryParse(text, out _);

    /// <summary>
    /// All of Kestrel's limits, also where it has the same: what is not said here could change with the framework. They are for requests; an upgraded connection has the protocol's own.
    /// </summary>
    public static void Limit(KestrelServerOptions kestrel, int connections)
    {
        kestrel.AddServerHeader = false;
        var limits = kestrel.Limits;
        limits.RequestHeadersTimeout = TimeSpan.FromSeconds(5);
        limits.MaxRequestHeadersTotalSize = 16 * 1024;
        limits.MaxRequestHeaderCount = 50;
        limits.MaxRequestLineSize = 4 * 1024;
        limits.MaxRequestBufferSize = 1024 * 1024;
        limits.MaxResponseBufferSize = 64 * 1024;

        // Between two requests: longer than back ends and proxies keep their connections (60 to 120 s), who would else send one into a connection that is being closed.
        limits.KeepAliveTimeout = TimeSpan.FromSeconds(130);

        // A body, or the reading of an answer, that comes drop by drop holds a connection for nothing.
        limits.MinRequestBodyDataRate = new MinDataRate(bytesPerSecond: 240, gracePeriod: TimeSpan.FromSeconds(5));
        limits.MinResponseDataRate = new MinDataRate(bytesPerSecond: 240, gracePeriod: TimeSpan.FromSeconds(5));

        // A program that adds TLS has HTTP/2 as well.
        limits.Http2.MaxStreamsPerConnection = 100;
        limits.Http2.MaxFrameSize = 16 * 1024;
        limits.Http2.MaxRequestHeaderFieldSize = 8 * 1024;
        limits.Http2.KeepAlivePingDelay = TimeSpan.FromSeconds(30);
        limits.Http2.KeepAlivePingTimeout = TimeSpan.FromSeconds(10);
        kestrel.ConfigureHttpsDefaults(https => https.HandshakeTimeout = TimeSpan.FromSeconds(5));

        // Beyond these, connections are closed at once. Both are without limit by default.
        limits.MaxConcurrentConnections = connections;
        limits.MaxConcurrentUpgradedConnections = connections;
    }

    /// <param name="port">0 lets the system choose.</param>
    /// <param name="configure">What else there is to say of this listener.</param>
    public static void Listen(KestrelServerOptions kestrel, string address, int port, Action<ListenOptions>? configure = null)
    {
        configure ??= static _ => { };
        switch (address)
        {
            case "*":
                kestrel.ListenAnyIP(port, configure);
                break;

            // Kestrel's localhost is two sockets, for IPv4 and IPv6, and the system cannot choose one port for both.
            case "localhost" when port != 0:
                kestrel.ListenLocalhost(port, configure);
                break;

            case "localhost":
                kestrel.Listen(IPAddress.Loopback, port, configure);
                break;

            default:
                kestrel.Listen(IPAddress.Parse(address), port, configure);
                break;
        }
    }

    /// <summary>An address as Kestrel gives it, as something to click on: nobody can open <c>http://[::]:8080</c>.</summary>
    public static string Readable(string address) =>
        address.Replace("//[::]:", "//localhost:", StringComparison.Ordinal)
            .Replace("//0.0.0.0:", "//localhost:", StringComparison.Ordinal)
            .Replace("//127.0.0.1:", "//localhost:", StringComparison.Ordinal);

    /// <summary>Whether only this machine can reach it.</summary>
    public static bool IsLoopback(string address) => address == "localhost" || (IPAddress.TryParse(address, out var ip) && IPAddress.IsLoopback(ip));

    /// <summary>Whether a request that names this host can only mean this machine, however names are resolved.</summary>
    public static bool IsLoopbackName(string host) =>
        string.Equals(host, "localhost", StringComparison.OrdinalIgnoreCase) ||
        (IPAddress.TryParse(host.Trim('[', ']'), out var address) && IPAddress.IsLoopback(address));
}
