using Realtime.Messages.Errors;
using Realtime.Messages.Ids;
using Realtime.Node.Telemetry.Metrics;

namespace Realtime.Node.Connections.Core;

/// <summary>What one connection may do still: by itself, as one of its user's, and as one of its address's.</summary>
/// <param name="address">Null: its address is not limited.</param>
internal sealed class ConnectionQuota(ConnectionPolicy policy, LimitsPolicy limits, IUserQuotas? users, IQuota? address)
{
    /// <summary>Refusals at once that a client which obeys may get: more than it can have under way.</summary>
    public const int FloodAfter = 1_000;

    private RequestRate _requests = RequestRate.Of(policy.RequestRate, policy.RequestBurst, FloodAfter);
    private RequestRate _bytes = RequestRate.Of(
        limits.ConnectionBytes,
        (double)limits.ConnectionBytes * QuotaPolicy.BytesBurstSeconds,
        Math.Max(2.0 * limits.ConnectionBytes * QuotaPolicy.BytesBurstSeconds, (double)policy.Limits.InFlight * policy.Limits.MessageBytes));

    /// <summary>What user and address refuse this connection. Others of them may flood; this one is closed for it only if it goes on itself.</summary>
    private TokenBucket _obeys = new(10, 100);

    private IQuota? _user;
    private UserId _userId;
    private SessionId _session;
    private int _subscriptions;
    private int _presence;

    /// <summary>By the connection's own limits. Every frame counts.</summary>
    public Limited? TakeOwn(int bytes, long now)
    {
        if (!_requests.TryTake(now))
        {
            return new Limited(LimitScope.Connection, LimitKind.Requests, _requests.Postpone(now), _requests.Floods(now));
        }

        return _bytes.TryTake(now, bytes) ? null : new Limited(LimitScope.Connection, LimitKind.Bytes, _bytes.Postpone(now, bytes), _bytes.Floods(now, bytes));
    }

    /// <summary>By what it shares with others.</summary>
    public Limited? TakeShared(int bytes, long now)
    {
        var over = _user?.Request(bytes, now) ?? address?.Request(bytes, now);
        return over is { } limited ? limited with { IsFlood = !_obeys.TryTake(now) && limited.IsFlood } : null;
    }

    /// <summary>The connection is this session's, and this user's.</summary>
    /// <returns>What there is too much of, and when to come again; null: nothing.</returns>
    public (LimitKind Kind, Refusal Refusal)? Enter(UserId user, SessionId session, long now)
    {
        if (users is null || (_user is not null && _userId == user && _session == session))
        {
            return null;
        }

        Leave(now, withAddress: false);
        if (users.Open(user, session, now, out var opened, out var wait) is { } kind)
        {
            return (kind, kind is LimitKind.Handshakes
                ? new Refusal(ErrorCode.RateLimited, "too many connections per second from this user", wait)
                : new Refusal(ErrorCode.TooMany, $"a user has at most {limits.User.Sockets} connections to a node", wait));
        }

        (_user, _userId, _session) = (opened, user, session);
        _user!.Add(LimitKind.Subscriptions, _subscriptions);
        _user.Add(LimitKind.Presence, _presence);
        return null;
    }

    /// <returns>Whose limit is reached; null: none, and it is counted.</returns>
    public (LimitScope Scope, Refusal Refusal)? TryAdd(LimitKind kind)
    {
        if (_user?.TryAdd(kind) is false)
        {
            return (LimitScope.User, TooMany(_user, kind));
        }

        if (address?.TryAdd(kind) is false)
        {
            _user?.Add(kind, -1);
            return (LimitScope.Address, TooMany(address, kind));
        }

        Count(kind, 1);
        return null;
    }

    /// <param name="count">Of what is there anyway; below 0: of what is not there any more.</param>
    public void Add(LimitKind kind, int count)
    {
        _user?.Add(kind, count);
        address?.Add(kind, count);
        Count(kind, count);
    }

    /// <summary>The connection is over. Its address is left by whoever has its socket.</summary>
    public void Leave(long now) => Leave(now, withAddress: true);

    private void Leave(long now, bool withAddress)
    {
        if (_user is { } user)
        {
            user.Add(LimitKind.Subscriptions, -_subscriptions);
            user.Add(LimitKind.Presence, -_presence);
            user.Close(_session, now);
            _user = null;
        }

        if (withAddress)
        {
            Add(LimitKind.Subscriptions, -_subscriptions);
            Add(LimitKind.Presence, -_presence);
        }
    }

    private void Count(LimitKind kind, int count)
    {
        if (kind is LimitKind.Presence)
        {
            _presence += count;
        }
        else
        {
            _subscriptions += count;
        }
    }

    private static Refusal TooMany(IQuota quota, LimitKind kind)
    {
        var who = quota.Scope is LimitScope.User ? "a user has" : "an address has";
        return new Refusal(ErrorCode.TooMany, kind is LimitKind.Presence
            ? $"{who} something to show on at most {quota.Policy.Presence} channels of a node"
            : $"{who} at most {quota.Policy.Subscriptions} subscriptions on a node");
    }
}
