using Realtime.Node.Auth;
using System.Globalization;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Http;
using Realtime.Messages.Frames;
using Realtime.Messages.Ids;
using Realtime.Node.Connections;
using Realtime.Node.Connections.Core;

namespace Realtime.Node.Gateway;

/// <summary>
/// <c>GET /v1/gateway</c>: where to connect, and when. Answers from memory, whatever the store does. A resume token, if a client sends one as
/// <c>Authorization: Bearer</c>, leads to the node that its session lives on.
/// </summary>
/// <param name="desk">Asked with each request; null while nothing is known that an answer could be given from.</param>
/// <param name="announced">What a session is allowed here; null: at a lighthouse, which has none.</param>
internal sealed class GatewayEndpoint(Func<GatewayDesk?> desk, SocketLimits limits, SessionLimits? announced, OriginPolicy origins, TimeProvider time)
{
    public const string Path = "/v1/gateway";

    /// <summary>Nobody is told to wait longer than this for a place; they come and ask again. Milliseconds.</summary>
    public const int Patience = 10_000;

    private const string Bearer = "Bearer ";

    private readonly GatewayLimits? _announced = GatewayLimits.Of(announced);
    private readonly Lock _lock = new();

    public Task HandleAsync(HttpContext context)
    {
        var request = context.Request;
        var headers = context.Response.Headers;
        headers.CacheControl = "no-store";
        if (!CrossOrigin.Allow(context, origins))
        {
            return RefuseAsync(context, StatusCodes.Status403Forbidden, "Pages of this origin may not ask.");
        }

        if (headers.AccessControlAllowOrigin.Count > 0)
        {
            // Browsers hide it from pages of other origins unless they are told not to.
            headers.AccessControlExposeHeaders = "Retry-After";
        }

        if (HttpMethods.IsOptions(request.Method))
        {
            headers.AccessControlAllowMethods = "GET";
            headers.AccessControlAllowHeaders = "Authorization";
            headers.AccessControlMaxAge = "7200";
            context.Response.StatusCode = StatusCodes.Status204NoContent;
            return Task.CompletedTask;
        }

        return AnswerAsync(context);
    }

    private Task AnswerAsync(HttpContext context)
    {
        if (!limits.TryAsk(ClientAddress.Of(context.Connection.RemoteIpAddress), out var later))
        {
            return ComeAgainAsync(
                context, ((later + 999) / 1000) + RandomNumberGenerator.GetInt32(4), "Too many questions from this address.", StatusCodes.Status429TooManyRequests);
        }

        if (desk() is not { } known)
        {
            return ComeAgainAsync(context, 1 + RandomNumberGenerator.GetInt32(4), "The cluster has not been seen yet.");
        }

        if (!TryPlace(known.Room, out var wait))
        {
            return ComeAgainAsync(context, 1 + RandomNumberGenerator.GetInt32(2 * wait / 1000), "Too many ask at once.");
        }

        return known.Choose(SessionOf(known.ResumeTokens, context.Request.Headers.Authorization)) switch
        {
            GatewayChoice.Named(var node, var url) => WriteAsync(context, new GatewayAnswer(
                ClientUrls.ConnectUrl(url), known.Tickets.Issue(node, time.GetUtcNow().AddMilliseconds(wait), Nonce()), wait, _announced)),
            GatewayChoice.Anywhere => WriteAsync(context, new GatewayAnswer(OwnUrl(context.Request), null, wait, _announced)),
            GatewayChoice.Nowhere { Reason: var reason } => ComeAgainAsync(context, 1 + RandomNumberGenerator.GetInt32(4), reason),
            var other => throw new InvalidOperationException($"There is no answer for {other}."),
        };
    }

    private static SessionId? SessionOf(ResumeTokens tokens, string? authorization) =>
        authorization is not null && authorization.StartsWith(Bearer, StringComparison.OrdinalIgnoreCase)
        && tokens.TryVerify(authorization[Bearer.Length..].Trim(), out var session) ? session : null;

    private bool TryPlace(WaitingRoom room, out int wait)
    {
        lock (_lock)
        {
            return room.TryPlace((long)time.GetElapsedTime(0).TotalMilliseconds, out wait);
        }
    }

    /// <summary>
    /// As the client wrote it, as far as can be known here. What stands before the node may have ended TLS; whoever forges that header only misleads
    /// itself.
    /// </summary>
    private static string OwnUrl(HttpRequest request)
    {
        var secure = request.IsHttps || string.Equals(request.Headers["X-Forwarded-Proto"], "https", StringComparison.OrdinalIgnoreCase);
        return $"{(secure ? "wss" : "ws")}://{request.Host.Value}{request.PathBase}{ClientUrls.ConnectPath}";
    }

    private static Task WriteAsync(HttpContext context, GatewayAnswer answer) =>
        context.Response.WriteAsJsonAsync(answer, GatewayJson.Default.GatewayAnswer, cancellationToken: context.RequestAborted);

    private static Task ComeAgainAsync(HttpContext context, int seconds, string text, int status = StatusCodes.Status503ServiceUnavailable)
    {
        context.Response.Headers.RetryAfter = seconds.ToString(CultureInfo.InvariantCulture);
        return RefuseAsync(context, status, text);
    }

    private static Task RefuseAsync(HttpContext context, int status, string text)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = "text/plain; charset=utf-8";
        return context.Response.WriteAsync(text, context.RequestAborted);
    }

    private static ulong Nonce()
    {
        Span<byte> bytes = stackalloc byte[sizeof(ulong)];
        RandomNumberGenerator.Fill(bytes);
        return BitConverter.ToUInt64(bytes);
    }
}
