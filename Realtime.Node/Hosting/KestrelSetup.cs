using System.Net;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Realtime.Node.Hosting;

/// <summary>What Kestrel listens on and how much it takes from strangers. Its own limits are generous or absent.</summary>
public static class KestrelSetup
{
    public static void Apply(KestrelServerOptions kestrel, NodeSettings settings)
    {
        kestrel.AddServerHeader = false;
        var limits = kestrel.Limits;
        limits.RequestHeadersTimeout = TimeSpan.FromSeconds(5);
        limits.MaxRequestHeadersTotalSize = 16 * 1024;
        limits.MaxRequestHeaderCount = 50;
        limits.MaxRequestLineSize = 4 * 1024;
        limits.MaxRequestBodySize = settings.Connections.Limits.FrameBytes;

        // Beyond these, connections are closed at once. Both are without limit by default.
        limits.MaxConcurrentConnections = settings.MaxConnections;
        limits.MaxConcurrentUpgradedConnections = settings.MaxConnections;
        Listen(kestrel, settings);
    }

    private static void Listen(KestrelServerOptions kestrel, NodeSettings settings)
    {
        switch (settings.Address)
        {
            case "*":
                kestrel.ListenAnyIP(settings.Port);
                break;

            // Kestrel's localhost is two sockets, for IPv4 and IPv6, and the system cannot choose one port for both.
            case "localhost" when settings.Port != 0:
                kestrel.ListenLocalhost(settings.Port);
                break;

            case "localhost":
                kestrel.Listen(IPAddress.Loopback, settings.Port);
                break;

            default:
                kestrel.Listen(IPAddress.Parse(settings.Address), settings.Port);
                break;
        }
    }
}
