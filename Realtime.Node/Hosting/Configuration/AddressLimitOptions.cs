using Realtime.Node.Configuration;

namespace Realtime.Node.Hosting.Configuration;

/// <summary>What all connections of one client address may do on this node together, <c>Realtime:Limits:Address</c>: an IPv4 address, or the first 64 bits of an IPv6 address. Programs on the node's own machine are not limited so.</summary>
public sealed class AddressLimitOptions
{
    /// <summary>Sockets of one address; the next handshake gets 429 with <c>Retry-After</c>, 1 to 1,000,000. Default 10,000.</summary>
    public int Sockets { get; set; } = 10_000;

    /// <summary>Handshakes, and as many questions to the gateway, per second over time, 1 to 1,000,000. Default 500.</summary>
    public int Handshakes { get; set; } = 500;

    /// <summary>Handshakes, and as many questions to the gateway, at once, no less than <see cref="Handshakes"/>, to 1,000,000. Default 10,000.</summary>
    public int HandshakeBurst { get; set; } = 10_000;

    /// <summary>Requests per second over time, 1 to 10,000,000. Default 20,000.</summary>
    public int Requests { get; set; } = 20_000;

    /// <summary>Requests at once, no less than <see cref="Requests"/>, to 10,000,000. Default 80,000.</summary>
    public int RequestBurst { get; set; } = 80_000;

    /// <summary>Bytes of requests per second over time, and four times as many at once, 1KiB to 64GiB. Default 64MiB.</summary>
    public ByteSize Bytes { get; set; } = 64 * 1024 * 1024;

    /// <summary>Subscriptions, 1 to 10,000,000. What a session brings back with it stays in any case. Default 250,000.</summary>
    public int Subscriptions { get; set; } = 250_000;

    /// <summary>Channels where sessions show something, each counted for each session, 0 to 10,000,000. Default 100,000.</summary>
    public int Presence { get; set; } = 100_000;
}
