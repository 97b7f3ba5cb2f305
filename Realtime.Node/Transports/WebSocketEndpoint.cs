using Microsoft.AspNetCore.Builder;
using Realtime.Node.Auth;
using Realtime.Node.Codecs;
using Realtime.Node.Connections;

namespace Realtime.Node.Transports;

/// <summary><c>GET /v1/connect</c>: the WebSocket handshake, with what is refused before the upgrade.</summary>
internal sealed class WebSocketEndpoint(
    ConnectionRegistry connections, OriginPolicy origins, IReadOnlyList<IFrameCodec> codecs, Func<bool> isServing)
{
    public const string Path = "/v1/connect";
    private static readonly TimeSpan LingerTime = TimeSpan.FromSeconds(5);

    public async Task HandleAsync(HttpContext context)
    {
        if (!context.WebSockets.IsWebSocketRequest)
        {
            await RefuseAsync(context, StatusCodes.Status426UpgradeRequired, "This address speaks WebSocket only.");
            return;
        }

        if (!isServing())
        {
            context.Response.Headers.RetryAfter = "2";
            await RefuseAsync(context, StatusCodes.Status503ServiceUnavailable, "The node is stopping.");
            return;
        }

        var request = context.Request;
        if (!origins.Allows(request.Headers.Origin, request.Scheme, request.Host.Value ?? ""))
        {
            await RefuseAsync(context, StatusCodes.Status403Forbidden, "Pages of this origin may not connect.");
            return;
        }

        if (!TryNegotiate(context.WebSockets.WebSocketRequestedProtocols, out var codec, out var echo))
        {
            await RefuseAsync(context, StatusCodes.Status400BadRequest, "None of the offered subprotocols is known; offer realtime.v1.json.");
            return;
        }

        using var socket = await context.WebSockets.AcceptWebSocketAsync(new WebSocketAcceptContext
        {
            SubProtocol = echo,

            // Liveness is the protocol's own ping: a timer per socket would cost memory and tell less.
            KeepAliveInterval = Timeout.InfiniteTimeSpan,
        });
        var link = new WebSocketLink(socket, codec);
        await link.ReadAsync(connections.Open(link));
        if (link.HasSaidWhy)
        {
            await LingerAsync(context.RequestAborted);
        }
    }

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

    private static Task RefuseAsync(HttpContext context, int status, string text)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = "text/plain; charset=utf-8";
        return context.Response.WriteAsync(text);
    }
}
