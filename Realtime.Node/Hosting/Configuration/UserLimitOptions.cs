using Realtime.Node.Configuration;

namespace Realtime.Node.Hosting.Configuration;

/// <summary>What all connections of one user may do on this node together, <c>Realtime:Limits:User</c>. Sessions without a token are of no user.</summary>
public sealed class UserLimitOptions
{
    /// <summary>Sessions of one user with a connection, 1 to 1,000,000. Default 256.</summary>
    public int Sockets { get; set; } = 256;

    /// <summary>New connections per second over time, 1 to 1,000,000. Default 50.</summary>
    public int Handshakes { get; set; } = 50;

    /// <summary>New connections at once, no less than <see cref="Handshakes"/>, to 1,000,000. Default 500.</summary>
    public int HandshakeBurst { get; set; } = 500;

    /// <summary>Requests per second over time, 1 to 10,000,000. Default 2,000.</summary>
    public int Requests { get; set; } = 2_000;

    /// <summary>Requests at once, no less than <see cref="Requests"/>, to 10,000,000. Default 8,000.</summary>
    public int RequestBurst { get; set; } = 8_000;

    /// <summary>Bytes of requests per second over time, and four times as many at once, 1KiB to 64GiB. Default 16MiB.</summary>
    public ByteSize Bytes { get; set; } = 16 * 1024 * 1024;

    /// <summary>Subscriptions, 1 to 10,000,000. What a session brings back with it stays in any case. Default 10,000.</summary>
    public int Subscriptions { get; set; } = 10_000;

    /// <summary>Channels where sessions show something, each counted for each session, 0 to 10,000,000. Default 5,000.</summary>
    public int Presence { get; set; } = 5_000;
}
