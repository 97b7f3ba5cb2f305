using Realtime.Messages.Operators;
using Realtime.Node.Connections.Core;
using Realtime.Node.Telemetry.Metrics;

namespace Realtime.Node.Connections;

/// <summary>
/// How many sockets, handshakes and questions of where to connect one address has, and how many sockets may be there that have not been welcomed. Each node counts for itself. Programs on this machine
/// are not limited by their address: what else comes from there is a proxy that is not named.
/// </summary>
internal sealed class SocketLimits(LimitsPolicy limits, ConnectionInstruments metrics, TimeProvider time)
{
    private readonly long _started = time.GetTimestamp();
    private readonly Quotas<ClientAddress> _addresses = new(LimitScope.Address, limits.Address, limits.Remembered);

    public UnauthenticatedPool Pool { get; } = new(limits.UnauthenticatedSockets, limits.UnauthenticatedBytes);

    /// <summary>Addresses that are remembered.</summary>
    public int Addresses => _addresses.Count;

    /// <summary>Monotonic milliseconds.</summary>
    public long Now => (long)time.GetElapsedTime(_started).TotalMilliseconds;

    /// <summary>A socket wants to open.</summary>
    /// <param name="scope">Whose limit is in the way, if one is.</param>
    /// <param name="wait">When to come again, milliseconds.</param>
    /// <returns>Null: it may not.</returns>
    public SocketLease? Open(ClientAddress address, out LimitScope scope, out int wait)
    {
        IQuota? quota = null;
        (scope, wait) = (LimitScope.Address, 0);
        if (!address.IsThisMachine && _addresses.Open(address, default, Now, out quota, out wait) is { } kind)
        {
            Count(LimitScope.Address, kind);
            return null;
        }

        if (Pool.TryEnter())
        {
            return new SocketLease(this, quota);
        }

        quota?.Close(default, Now);
        Count(LimitScope.Unauthenticated, LimitKind.Sockets);
        (scope, wait) = (LimitScope.Unauthenticated, PoolWait);
        return null;
    }

    /// <summary>A client asks where to connect.</summary>
    public bool TryAsk(ClientAddress address, out int wait)
    {
        wait = 0;
        if (address.IsThisMachine || _addresses.TryAsk(address, Now, out wait))
        {
            return true;
        }

        Count(LimitScope.Address, LimitKind.Handshakes);
        return false;
    }

    public IReadOnlyList<LimitedClient> MostRefused(int most) => _addresses.MostRefused(most);

    public void Count(LimitScope scope, LimitKind kind) => metrics.Limited[(scope, kind)].Add(1);

    /// <summary>Those in the pool are welcomed or closed within the hello's timeout, 5 s by default.</summary>
    private const int PoolWait = 5_000;
}
