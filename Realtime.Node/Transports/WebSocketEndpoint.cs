using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections.Features;
using Realtime.Node.Auth;
using Realtime.Node.Codecs;
using Realtime.Node.Connections;
using Realtime.Node.Telemetry.Metrics;

namespace Realtime.Node.Transports;

/// <summary><c>GET /v1/connect</c>: the WebSocket handshake, with what is refused before the upgrade.</summary>
internal sealed class WebSocketEndpoint(
    IClientConnections connections, Admission admission, SocketLimits limits, OriginPolicy origins, IReadOnlyList<IFrameCodec> codecs, Func<bool> isServing,
    ConnectionInstruments? metrics = null)
{
    public const string Path = "/v1/connect";
    private static readonly TimeSpan LingerTime = TimeSpan.FromSeconds(5);

    public async Task HandleAsync(HttpContext context)
    {
        // An upgrade cannot be asked for in HTTP/1.0 (RFC 9110, 7.8): what stands between would drop it half way.
        if (!context.WebSockets.IsWebSocketRequest || HttpProtocol.IsHttp10(context.Request.Protocol))
        {
            Count(RefusalReason.Protocol);

            // RFC 9110, 15.5.22 and RFC 6455, 4.4: what to speak, and in which version.
            context.Response.Headers.Connection = "Upgrade";
            context.Response.Headers.Upgrade = "websocket";
            context.Response.Headers.SecWebSocketVersion = "13";
            await RefuseAsync(context, StatusCodes.Status426UpgradeRequired, "This address speaks WebSocket only.");
            return;
        }

        if (!isServing())
        {
            Count(RefusalReason.Stopping);
            await ComeAgainAsync(context, admission.Apart(), "The node is stopping.");
            return;
        }

        var request = context.Request;
        if (!origins.Allows(request.Headers.Origin, request.Scheme, request.Host.Value ?? ""))
        {
            Count(RefusalReason.Origin);
            await RefuseAsync(context, StatusCodes.Status403Forbidden, "Pages of this origin may not connect.");
            return;
        }

        if (!TryNegotiate(context.WebSockets.WebSocketRequestedProtocols, out var codec, out var echo))
        {
            Count(RefusalReason.Protocol);
            await RefuseAsync(context, StatusCodes.Status400BadRequest, "None of the offered subprotocols is known; offer realtime.v1.json.");
            return;
        }

        // Before the node's own budget: what one address has too much of is taken from no other.
        var address = TrustedProxies.AddressOf(context);
        using var lease = limits.Open(address, out var scope, out var later);
        if (lease is null)
        {
            var isAlone = scope is LimitScope.Address;
            Count(isAlone ? RefusalReason.Address : RefusalReason.Unauthenticated);
            await ComeAgainAsync(
                context,
                ((later + 999) / 1000) + admission.Apart() - 1,
                isAlone ? "Too many connections from this address." : "Too many connect at once.",
                isAlone ? StatusCodes.Status429TooManyRequests : StatusCodes.Status503ServiceUnavailable);
            return;
        }

        // What the query says of resuming costs nothing to make up; the hello has to bear it out.
        var resume = request.Query["resume"] == "1";
        if (!admission.TryEnter(request.Query["ticket"], resume, out var wait))
        {
            Count(RefusalReason.Rate);
            await ComeAgainAsync(context, (wait + 999) / 1000, "Too many connect at once.");
            return;
        }

        using var socket = await context.WebSockets.AcceptWebSocketAsync(new WebSocketAcceptContext
        {
            SubProtocol = echo,

            // Liveness is the protocol's own ping: a timer per socket would cost memory and tell less.
            KeepAliveInterval = Timeout.InfiniteTimeSpan,
        });
        var link = new WebSocketLink(socket, codec, context.Features.Get<IConnectionSocketFeature>()?.Socket);
        await link.ReadAsync(await connections.OpenAsync(link, resume, address, lease));
        if (link.HasSaidWhy)
        {
            await LingerAsync(context.RequestAborted);
        }
    }

    private void Count(RefusalReason reason) => metrics?.Refused[reason].Add(1);

    /// <summary>The first offered one that is known. None offered at all: the JSON form, nothing echoed.</summary>
    private bool TryNegotiate(IList<string> offered, out IFrameCodec codec, out string? echo)
    {
        codec = codecs[0];
        echo = null;
        foreach (var name in offered)
        {
            foreach (var candidate in codecs)
            {
                if (candidate.Subprotocol == name)
                {
                    codec = candidate;
                    echo = name;
                    return true;
                }
            }
        }

        return offered.Count == 0;
    }

    /// <summary>Leaves the TCP connection open until the peer has closed its side, within the bound of the closing handshake.</summary>
    private static async Task LingerAsync(CancellationToken peerClosed)
    {
        using var bound = CancellationTokenSource.CreateLinkedTokenSource(peerClosed);
        bound.CancelAfter(LingerTime);
        var over = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var registration = bound.Token.Register(() => over.TrySetResult());
        await over.Task;
    }

    private static Task ComeAgainAsync(HttpContext context, int seconds, string text, int status = StatusCodes.Status503ServiceUnavailable)
    {
        context.Response.Headers.RetryAfter = seconds.ToString(CultureInfo.InvariantCulture);
        return RefuseAsync(context, status, text);
    }

    private static Task RefuseAsync(HttpContext context, int status, string text)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = "text/plain; charset=utf-8";
        return context.Response.WriteAsync(text);
    }
}
