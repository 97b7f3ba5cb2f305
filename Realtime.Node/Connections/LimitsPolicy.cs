using System.Net;

namespace Realtime.Node.Connections;

/// <summary>How much of a node is there for one connection, one user, one address, and all who have not said who they are.</summary>
public sealed record LimitsPolicy
{
    private const long MiB = 1024 * 1024;

    /// <summary>Bytes of requests of one connection per second over time; four times as many at once.</summary>
    public long ConnectionBytes { get; init; } = 4 * MiB;

    public QuotaPolicy User { get; init; } = new()
    {
        Sockets = 256, Handshakes = 50, HandshakeBurst = 500, Requests = 2_000, RequestBurst = 8_000, Bytes = 16 * MiB, Subscriptions = 10_000, Presence = 5_000,
    };

    public QuotaPolicy Address { get; init; } = new()
    {
        Sockets = 10_000, Handshakes = 500, HandshakeBurst = 10_000, Requests = 20_000, RequestBurst = 80_000, Bytes = 64 * MiB, Subscriptions = 250_000, Presence = 100_000,
    };

    /// <summary>Users, and addresses, without a connection that are remembered until their rates have recovered.</summary>
    public int Remembered { get; init; } = 100_000;

    /// <summary>Sockets at a time that have not been welcomed.</summary>
    public int UnauthenticatedSockets { get; init; } = 20_000;

    /// <summary>Bytes that these have sent.</summary>
    public long UnauthenticatedBytes { get; init; } = 128 * MiB;

    /// <summary>Who is believed about the address of a client.</summary>
    public IReadOnlyList<IPNetwork> TrustedProxies { get; init; } = [];
}
