using Realtime.Messages.Ids;
using Realtime.Node.Telemetry.Metrics;

namespace Realtime.Node.Connections.Core;

/// <summary>What the connections of one user, or of one address, use of a node, as a pure machine. Times are monotonic milliseconds.</summary>
internal class Quota(LimitScope scope, QuotaPolicy policy)
{
    private readonly Dictionary<SessionId, int> _sessions = [];
    private TokenBucket _handshakes = new(policy.Handshakes, policy.HandshakeBurst);
    private TokenBucket _questions = new(policy.Handshakes, policy.HandshakeBurst);
    private RequestRate _requests = RequestRate.Of(policy.Requests, policy.RequestBurst, 2.0 * policy.RequestBurst);
    private RequestRate _bytes = RequestRate.Of(policy.Bytes, policy.BytesBurst, 2.0 * policy.BytesBurst);

    public LimitScope Scope => scope;

    public QuotaPolicy Policy => policy;

    public int Sockets { get; private set; }

    public int Subscriptions { get; private set; }

    public int Presence { get; private set; }

    /// <summary>How often something was refused.</summary>
    public long Refused { get; private set; }

    /// <summary>What was refused last.</summary>
    public LimitKind LastRefused { get; private set; }

    /// <summary>A connection opens.</summary>
    /// <param name="session">Whose connections count once together; none: each counts.</param>
    /// <param name="wait">When to come again, milliseconds.</param>
    /// <returns>What there is too much of; null: nothing.</returns>
    public LimitKind? Open(SessionId session, long now, out int wait)
    {
        wait = 0;
        if (!_handshakes.TryTake(now))
        {
            wait = Math.Max(1, _handshakes.Wait());
            return Count(LimitKind.Handshakes);
        }

        var known = _sessions.GetValueOrDefault(session);
        if (known == 0 && Sockets >= policy.Sockets)
        {
            wait = SocketsWait;
            return Count(LimitKind.Sockets);
        }

        Sockets += known == 0 ? 1 : 0;
        if (!session.IsNone)
        {
            _sessions[session] = known + 1;
        }

        return null;
    }

    public void Close(SessionId session)
    {
        if (!session.IsNone && --_sessions[session] is > 0)
        {
            return;
        }

        _sessions.Remove(session);
        Sockets--;
    }

    /// <summary>It asks where to connect, which has as much room as connecting.</summary>
    public bool TryAsk(long now, out int wait)
    {
        var may = _questions.TryTake(now);
        wait = may ? 0 : Math.Max(1, _questions.Wait());
        if (!may)
        {
            Count(LimitKind.Handshakes);
        }

        return may;
    }

    /// <returns>Null: it may.</returns>
    public Limited? Request(int bytes, long now)
    {
        if (!_requests.TryTake(now))
        {
            return new Limited(scope, Count(LimitKind.Requests), _requests.Postpone(now), _requests.Floods(now));
        }

        return _bytes.TryTake(now, bytes) ? null : new Limited(scope, Count(LimitKind.Bytes), _bytes.Postpone(now, bytes), _bytes.Floods(now, bytes));
    }

    public bool TryAdd(LimitKind kind)
    {
        var fits = kind is LimitKind.Presence ? Presence < policy.Presence : Subscriptions < policy.Subscriptions;
        if (fits)
        {
            Add(kind, 1);
        }
        else
        {
            Count(kind);
        }

        return fits;
    }

    /// <param name="count">Of what is there anyway; below 0: of what is not there any more.</param>
    public void Add(LimitKind kind, int count)
    {
        if (kind is LimitKind.Presence)
        {
            Presence += count;
        }
        else
        {
            Subscriptions += count;
        }
    }

    private LimitKind Count(LimitKind refused)
    {
        Refused++;
        return LastRefused = refused;
    }

    /// <summary>One of those that are open has to close first, at a time that is not known.</summary>
    private const int SocketsWait = 10_000;
}
