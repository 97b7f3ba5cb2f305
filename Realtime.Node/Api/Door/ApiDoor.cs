using System.Collections.Concurrent;
using System.Net;
using Microsoft.AspNetCore.Http;
using Realtime.Messages.Errors;
using Realtime.Node.Configuration;
using Realtime.Node.Telemetry.Metrics;

namespace Realtime.Node.Api.Door;

/// <summary>
/// Lets callers with a key in, for what it may do. While no key is configured nobody comes in, save programs on this very machine in development: not through a proxy, behind which everybody
/// looks like that, and no pages of other origins.
/// </summary>
internal sealed class ApiDoor(ApiKeys keys, bool isDevelopment, TimeProvider time, ConnectionInstruments? metrics = null)
{
    private static readonly ApiKey Local = new("local", ReadOnlyMemory<byte>.Empty, ApiScopes.All, null, null);
    private readonly ConcurrentDictionary<string, ApiBudget> _budgets = new(StringComparer.Ordinal);

    /// <exception cref="ApiFaultException">It is not let in.</exception>
    public ApiCaller Enter(HttpContext context, ApiScopes needs)
    {
        var from = (context.Connection.RemoteIpAddress ?? IPAddress.None).ToString();
        var key = keys.IsEmpty ? LocalOf(context) : keys.Find(context.Request.Headers.Authorization.ToString());
        if (key is null)
        {
            throw keys.IsEmpty
                ? new ApiFaultException(ErrorCode.Unauthorized, "No API key is configured (Realtime:Api:Keys); without one only programs on this machine may ask, in the Development environment and not through a proxy.")
                : new ApiFaultException(ErrorCode.Unauthorized, "A key is needed that is known here: Authorization: Bearer ID.SECRET.");
        }

        if ((key.Scopes & needs) != needs)
        {
            throw new ApiFaultException(ErrorCode.Forbidden, $"This key may not do that: it lacks the scope '{needs.ToString().ToLowerInvariant()}'.");
        }

        var budget = _budgets.GetOrAdd(key.Id, static (_, known) => new ApiBudget(known.key, known.time), (key, time));
        if (budget.Enter() is not var (kind, wait))
        {
            return new ApiCaller(key, from) { Budget = budget };
        }

        metrics?.Limited[(LimitScope.Key, kind)].Add(1);
        throw Over(key, kind, wait);
    }

    private static ApiFaultException Over(ApiKey key, LimitKind kind, int wait) => kind switch
    {
        LimitKind.Sockets => new(ErrorCode.TooMany, $"This key may have {key.RequestsAtOnce} requests under way.") { RetryAfter = wait },
        LimitKind.Messages => new(ErrorCode.RateLimited, $"This key may publish {key.MessagesPerSecond} messages a second.") { RetryAfter = wait },
        LimitKind.Bytes => new(ErrorCode.RateLimited, $"This key may send {key.BytesPerSecond} bytes a second.") { RetryAfter = wait },
        _ => new(ErrorCode.RateLimited, $"This key may ask {key.RequestsPerSecond} times a second.") { RetryAfter = wait },
    };

    private ApiKey? LocalOf(HttpContext context)
    {
        var request = context.Request;
        var origin = request.Headers.Origin.ToString();
        return isDevelopment
            && context.Connection.RemoteIpAddress is { } address && IPAddress.IsLoopback(address)
            && request.Headers["X-Forwarded-For"].Count == 0 && request.Headers["Forwarded"].Count == 0

            // Where ASP.NET Core has read the header, it keeps the proxy's address here.
            && request.Headers["X-Original-For"].Count == 0
            && WebListener.IsLoopbackName(request.Host.Host)
            && (origin.Length == 0 || string.Equals(origin, $"{request.Scheme}://{request.Host.Value}", StringComparison.OrdinalIgnoreCase))
                ? Local
                : null;
    }
}
