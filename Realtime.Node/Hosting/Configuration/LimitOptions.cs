using Realtime.Node.Configuration;

namespace Realtime.Node.Hosting.Configuration;

/// <summary>How much of this node is there for one client among others, <c>Realtime:Limits</c>. Each node counts for itself. What one connection may do beside this: <c>Realtime:Connections</c>.</summary>
public sealed class LimitOptions
{
    /// <summary>
    /// Proxies that are believed about the addresses of clients, as <c>10.0.0.7</c> or <c>10.0.0.0/8</c>; a list, or one text with commas. From right to left each entry of <c>X-Forwarded-For</c>
    /// counts that one of them has written. Behind a proxy that is not listed all clients count as one. Default none: the header is ignored.
    /// </summary>
    public IList<string> TrustedProxies { get; set; } = [];

    /// <summary>
    /// Bytes of requests of one connection per second over time, and four times as many at once, 1KiB to 1GiB. Beyond them requests are refused with <c>rate_limited</c>. Default 4MiB.
    /// </summary>
    public ByteSize ConnectionBytes { get; set; } = 4 * 1024 * 1024;

    /// <summary>
    /// Sockets at a time that have no <c>welcome</c> yet, 1 to 1,000,000. The next one gets 503 with <c>Retry-After</c>. Default two fifths of <c>MaxConnections</c>.
    /// </summary>
    public int? UnauthenticatedSockets { get; set; }

    /// <summary>
    /// Bytes that sockets without a <c>welcome</c> have sent, together, 64KiB to 64GiB and no less than <c>Connections:HelloBytes</c>. A socket that sends more is closed as <c>overloaded</c>. Default 128MiB.
    /// </summary>
    public ByteSize UnauthenticatedBytes { get; set; } = 128 * 1024 * 1024;

    /// <summary>
    /// Users without a connection that are remembered until their rates have recovered, and as many client addresses, 100 to 10,000,000. Beyond it those are forgotten that came longest ago, and
    /// begin anew. Default 100,000.
    /// </summary>
    public int Remembered { get; set; } = 100_000;

    public UserLimitOptions User { get; set; } = new();

    public AddressLimitOptions Address { get; set; } = new();
}
