using System.Security.Cryptography;
using Realtime.Cluster.Journal;
using Realtime.Cluster.Routing;
using Realtime.Node.Auth;

namespace Realtime.Node.Gateway;

/// <summary>
/// <c>GET /v1/gateway</c>: where to connect, and when. Answers from memory, whatever the store does. The resume token, if there is one, comes
/// as <c>Authorization: Bearer</c>, never in the address.
/// </summary>
internal sealed class GatewayEndpoint(Func<GatewayServices> services, OriginPolicy origins, Func<bool> isServing, TimeProvider time)
{
    public const string Path = "/v1/gateway";

    /// <summary>Nobody is told to wait longer than this for a place; they come and ask again. Milliseconds.</summary>
    public const int Patience = 10_000;

    private const string Bearer = "Bearer ";
    private readonly Lock _lock = new();

    public Task HandleAsync(HttpContext context)
    {
        var request = context.Request;
        var headers = context.Response.Headers;
        headers.CacheControl = "no-store";
        headers.Vary = "Origin";
        if (!origins.Allows(request.Headers.Origin, request.Scheme, request.Host.Value ?? ""))
        {
            return RefuseAsync(context, StatusCodes.Status403Forbidden, "Pages of this origin may not ask.");
        }

        if (request.Headers.Origin is [{ Length: > 0 } origin])
        {
            // Browsers hide Retry-After from pages of other origins unless they are told not to.
            headers.AccessControlAllowOrigin = origin;
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
        var known = services();
        if (!TryPlace(known.Room, out var wait))
        {
            return ComeAgainAsync(context, 1 + RandomNumberGenerator.GetInt32(2 * wait / 1000), "Too many ask at once.");
        }

        if (Choose(known, context.Request.Headers.Authorization) is { } node)
        {
            var ticket = known.Tickets.Issue(node.Profile.Name, time.GetUtcNow().AddMilliseconds(wait), Nonce());
            return WriteAsync(context, new GatewayAnswer(GatewayRouting.ConnectUrl(node.Profile.ClientUrl!), ticket, wait));
        }

        // Clients cannot choose a node here. What brought them to this one brings them to any that serves, and this one does or does not.
        return isServing()
            ? WriteAsync(context, new GatewayAnswer(OwnUrl(context.Request), null, wait))
            : ComeAgainAsync(context, 1 + RandomNumberGenerator.GetInt32(4), "The node is stopping.");
    }

    private bool TryPlace(WaitingRoom room, out int wait)
    {
        lock (_lock)
        {
            return room.TryPlace((long)time.GetElapsedTime(0).TotalMilliseconds, out wait);
        }
    }

    private NodeRow? Choose(GatewayServices known, string? authorization)
    {
        var view = known.Cluster.View;
        var self = known.Cluster.Self;
        if (authorization is not null && authorization.StartsWith(Bearer, StringComparison.OrdinalIgnoreCase) &&
            known.ResumeTokens.TryVerify(authorization[Bearer.Length..].Trim(), out var session) &&
            GatewayRouting.OwnerOf(view, session) is { } owner && (owner.Profile.Name != self || isServing()))
        {
            return owner;
        }

        // A node that stops says so to the cluster a moment later than it knows itself.
        return GatewayRouting.MostRoom(
            view, isServing() ? default : self, (self, known.Load()), Random.Shared.NextDouble(), Random.Shared.NextDouble());
    }

    /// <summary>
    /// As the client wrote it, as far as can be known here. What stands before the node may have ended TLS; whoever forges that header only misleads
    /// itself.
    /// </summary>
    private static string OwnUrl(HttpRequest request)
    {
        var secure = request.IsHttps || string.Equals(request.Headers["X-Forwarded-Proto"], "https", StringComparison.OrdinalIgnoreCase);
        return $"{(secure ? "wss" : "ws")}://{request.Host.Value}{request.PathBase}{GatewayRouting.ConnectPath}";
    }

    private static Task WriteAsync(HttpContext context, GatewayAnswer answer) =>
        context.Response.WriteAsJsonAsync(answer, GatewayJson.Default.GatewayAnswer, cancellationToken: context.RequestAborted);

    private static Task ComeAgainAsync(HttpContext context, int seconds, string text)
    {
        context.Response.Headers.RetryAfter = seconds.ToString(System.Globalization.CultureInfo.InvariantCulture);
        return RefuseAsync(context, StatusCodes.Status503ServiceUnavailable, text);
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
