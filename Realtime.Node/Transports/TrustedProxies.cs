using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.HttpOverrides;
using Realtime.Node.Connections.Core;
using Realtime.Node.Telemetry;
using IPNetwork = System.Net.IPNetwork;

namespace Realtime.Node.Transports;

/// <summary>
/// Where a client is: the other end of its connection, or what a proxy there says, if it is one of ours. From right to left each entry of <c>X-Forwarded-For</c> is believed that a trusted proxy
/// has written, by ASP.NET Core's own reading; what stands before those may be forged.
/// </summary>
internal static partial class TrustedProxies
{
    private const string Header = "X-Forwarded-For";

    public static void UseTrustedProxies(this IApplicationBuilder app, IReadOnlyList<IPNetwork> trusted, ILogger? logger = null)
    {
        // With an empty list the middleware trusts every peer.
        if (trusted.Count > 0)
        {
            app.UseForwardedHeaders(OptionsOf(trusted));
        }

        if (logger is not null)
        {
            var told = 0;
            app.Use((context, next) =>
            {
                if (context.Request.Headers.ContainsKey(Header) && !WasRead(context) && Interlocked.Exchange(ref told, 1) == 0)
                {
                    NotTrusted(logger, context.Connection.RemoteIpAddress);
                }

                return next(context);
            });
        }
    }

    public static ClientAddress AddressOf(HttpContext context) => ClientAddress.Of(context.Connection.RemoteIpAddress);

    private static ForwardedHeadersOptions OptionsOf(IReadOnlyList<IPNetwork> trusted)
    {
        var options = new ForwardedHeadersOptions { ForwardedHeaders = ForwardedHeaders.XForwardedFor, ForwardLimit = null };
        options.KnownProxies.Clear();
        options.KnownIPNetworks.Clear();
        foreach (var network in trusted)
        {
            options.KnownIPNetworks.Add(network);
        }

        return options;
    }

    /// <summary>The middleware keeps what it replaces.</summary>
    private static bool WasRead(HttpContext context) => context.Request.Headers.ContainsKey("X-Original-For");

    [LoggerMessage(LogEvents.UntrustedProxy, LogLevel.Warning,
        "X-Forwarded-For came from {Address}, which is no trusted proxy: it is ignored, and all clients behind that address count as one. If it is a proxy, name it in Realtime:Limits:TrustedProxies")]
    private static partial void NotTrusted(ILogger logger, System.Net.IPAddress? address);
}
