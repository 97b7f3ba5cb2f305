using System.Net;
using System.Net.Sockets;

namespace Realtime.Node.Webhooks.Http;

/// <summary>
/// To which addresses a webhook may connect. Looked at when a connection is made, after the name was resolved: a name that is public when it is configured and private when it is used is refused, too.
/// </summary>
/// <param name="allowed">Networks that are allowed although they are not public.</param>
internal sealed class AddressRules(bool allowsLoopback, bool allowsPrivate, IReadOnlyList<IPNetwork> allowed)
{
    /// <summary>Not of the public internet, RFC 6890 and its registry.</summary>
    private static readonly IPNetwork[] NotPublic =
    [
        .. new[]
        {
            "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24", "192.168.0.0/16",
            "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4", "2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20",
        }.Select(IPNetwork.Parse),
    ];

    private static readonly IPNetwork GlobalUnicast = IPNetwork.Parse("2000::/3");

    /// <summary>An IPv4 address in an IPv6 one, RFC 6052: a translator connects to the IPv4 address.</summary>
    private static readonly IPNetwork Translated = IPNetwork.Parse("64:ff9b::/96");

    private readonly IPNetwork[] _allowed = [.. allowed];

    public bool Allows(IPAddress address)
    {
        var real = RealOf(address);
        return IsPublic(real)
            || (allowsPrivate && !IsMetadata(real))
            || (allowsLoopback && IPAddress.IsLoopback(real))
            || Array.Exists(_allowed, network => network.Contains(real));
    }

    public static bool IsPublic(IPAddress address)
    {
        var real = RealOf(address);
        return (real.AddressFamily is AddressFamily.InterNetwork || GlobalUnicast.Contains(real)) && !Array.Exists(NotPublic, network => network.Contains(real));
    }

    /// <summary>Where clouds tell machines their keys: nothing of an application is there, so it takes an entry of its own to be allowed.</summary>
    private static bool IsMetadata(IPAddress address) =>
        address.Equals(IPAddress.Parse("169.254.169.254")) || address.Equals(IPAddress.Parse("fd00:ec2::254")) || address.Equals(IPAddress.Parse("169.254.170.2"));

    /// <summary>The address that is connected to in the end.</summary>
    private static IPAddress RealOf(IPAddress address) =>
        address.IsIPv4MappedToIPv6 ? address.MapToIPv4()
        : Translated.Contains(address) ? new IPAddress(address.GetAddressBytes().AsSpan(12, 4))
        : address;
}
