using System.Collections.Concurrent;
using System.Net;
using Microsoft.AspNetCore.Http;
using Realtime.Messages.Errors;
using Realtime.Node.Configuration;
using Realtime.Node.Connections.Core;

namespace Realtime.Node.Api.Door;

/// <summary>
/// Lets callers with a key in, for what it may do. While no key is configured nobody comes in, save programs on this very machine in development: not through a proxy, behind which everybody
/// looks like that, and no pages of other origins.
/// </summary>
internal sealed class ApiDoor(ApiKeys keys, bool isDevelopment, TimeProvider time)
{
    private static readonly ApiKey Local = new("local", ReadOnlyMemory<byte>.Empty, ApiScopes.All, null, null);
    private readonly ConcurrentDictionary<string, Budget> _budgets = new(StringComparer.Ordinal);

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

        if (key.RequestsPerSecond is { } rate && _budgets.GetOrAdd(key.Id, _ => new Budget(rate)).Wait((long)time.GetElapsedTime(0).TotalMilliseconds) is > 0 and var wait)
        {
            throw new ApiFaultException(ErrorCode.RateLimited, $"This key may ask {rate} times a second.") { RetryAfter = wait };
        }

        return new ApiCaller(key, from);
    }

    private ApiKey? LocalOf(HttpContext context)
    {
        var request = context.Request;
        var origin = request.Headers.Origin.ToString();
        return isDevelopment
            && context.Connection.RemoteIpAddress is { } address && IPAddress.IsLoopback(address)
            && request.Headers["X-Forwarded-For"].Count == 0 && request.Headers["Forwarded"].Count == 0
            && WebListener.IsLoopbackName(request.Host.Host)
            && (origin.Length == 0 || string.Equals(origin, $"{request.Scheme}://{request.Host.Value}", StringComparison.OrdinalIgnoreCase))
                ? Local
                : null;
    }

    /// <summary>Of one key; a second's requests may come at once.</summary>
    private sealed class Budget(int rate)
    {
        private readonly Lock _lock = new();
        private TokenBucket _bucket = new(rate, rate);

        /// <returns>Milliseconds to wait; 0: none, and the request is counted.</returns>
        public int Wait(long now)
        {
            lock (_lock)
            {
                return _bucket.TryTake(now) ? 0 : Math.Max(1, _bucket.Wait());
            }
        }
    }
}
