using System.Net;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Realtime.Node.Configuration;

/// <summary>Where a program listens for HTTP and how much it takes from strangers there.</summary>
public static class WebListener
{
    /// <summary><c>localhost</c>, <c>*</c> for every address, or one IP address.</summary>
    public static bool IsAddress(string? text) => text is "localhost" or "*" || IPAddress.TryParse(text, out _);

    /// <summary>Kestrel's own limits are generous or absent.</summary>
    public static void Limit(KestrelServerOptions kestrel, int connections)
    {
        kestrel.AddServerHeader = false;
        var limits = kestrel.Limits;
        limits.RequestHeadersTimeout = TimeSpan.FromSeconds(5);
        limits.MaxRequestHeadersTotalSize = 16 * 1024;
        limits.MaxRequestHeaderCount = 50;
        limits.MaxRequestLineSize = 4 * 1024;

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
