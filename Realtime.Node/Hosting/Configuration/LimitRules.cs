using System.Net;
using Realtime.Node.Configuration;
using Realtime.Node.Connections;
using IPNetwork = System.Net.IPNetwork;

namespace Realtime.Node.Hosting.Configuration;

/// <summary>The ranges of limits, and what the node makes of them.</summary>
public static class LimitRules
{
    private const string Path = $"{RealtimeOptions.Section}:Limits";
    private const int Most = 10_000_000;
    private const int MostSockets = 1_000_000;
    private const long KiB = 1024;
    private const long GiB = 1024 * 1024 * KiB;

    public static void Check(RealtimeOptions all, FaultList faults)
    {
        var options = all.Limits;
        for (var i = 0; i < options.TrustedProxies.Count; i++)
        {
            if (!TryParse(options.TrustedProxies[i], out _))
            {
                faults.Add($"{Path}:TrustedProxies:{i}", $"must be an IP address or a network such as 10.0.0.0/8, is '{options.TrustedProxies[i]}'");
            }
        }

        faults.Range($"{Path}:ConnectionBytes", options.ConnectionBytes, KiB, GiB);
        faults.Range($"{Path}:UnauthenticatedSockets", UnauthenticatedSockets(all), 1, MostSockets);
        faults.Range($"{Path}:UnauthenticatedBytes", options.UnauthenticatedBytes, 64 * KiB, 64 * GiB);
        faults.Range($"{Path}:Remembered", options.Remembered, 100, Most);
        if (options.UnauthenticatedBytes.Bytes < all.Connections.HelloBytes.Bytes)
        {
            faults.Add($"{Path}:UnauthenticatedBytes", $"must hold at least one hello (Connections:HelloBytes is {all.Connections.HelloBytes}), is {options.UnauthenticatedBytes}");
        }

        Check($"{Path}:User", OfUser(options.User), faults);
        Check($"{Path}:Address", OfAddress(options.Address), faults);
    }

    public static LimitsPolicy ToPolicy(RealtimeOptions all) => new()
    {
        ConnectionBytes = all.Limits.ConnectionBytes.Bytes,
        User = OfUser(all.Limits.User),
        Address = OfAddress(all.Limits.Address),
        Remembered = all.Limits.Remembered,
        UnauthenticatedSockets = UnauthenticatedSockets(all),
        UnauthenticatedBytes = all.Limits.UnauthenticatedBytes.Bytes,
        TrustedProxies = [.. all.Limits.TrustedProxies.Select(text => TryParse(text, out var network) ? network : default)],
    };

    private static int UnauthenticatedSockets(RealtimeOptions all) =>
        all.Limits.UnauthenticatedSockets ?? Math.Max(1, (int)(all.MaxConnections * 2L / 5));

    /// <summary>An address alone is a network of one. One whose last bits are not 0 is a mistake that is better found now.</summary>
    private static bool TryParse(string text, out IPNetwork network)
    {
        if (IPNetwork.TryParse(text, out network))
        {
            return IPAddress.TryParse(text.Split('/')[0], out var written) && written.Equals(network.BaseAddress);
        }

        if (!IPAddress.TryParse(text, out var address))
        {
            return false;
        }

        network = new IPNetwork(address, address.GetAddressBytes().Length * 8);
        return true;
    }

    private static void Check(string path, QuotaPolicy quota, FaultList faults)
    {
        faults.Range($"{path}:Sockets", quota.Sockets, 1, MostSockets);
        faults.Range($"{path}:Handshakes", quota.Handshakes, 1, MostSockets);
        faults.Range($"{path}:HandshakeBurst", quota.HandshakeBurst, 1, MostSockets);
        faults.Range($"{path}:Requests", quota.Requests, 1, Most);
        faults.Range($"{path}:RequestBurst", quota.RequestBurst, 1, Most);
        faults.Range($"{path}:Bytes", new ByteSize(quota.Bytes), KiB, 64 * GiB);
        faults.Range($"{path}:Subscriptions", quota.Subscriptions, 1, Most);
        faults.Range($"{path}:Presence", quota.Presence, 0, Most);
        NotLess($"{path}:HandshakeBurst", quota.HandshakeBurst, "Handshakes", quota.Handshakes, faults);
        NotLess($"{path}:RequestBurst", quota.RequestBurst, "Requests", quota.Requests, faults);
    }

    private static void NotLess(string path, int value, string other, int least, FaultList faults)
    {
        if (value < least)
        {
            faults.Add(path, $"must not be less than {other} ({least}), is {value}");
        }
    }

    private static QuotaPolicy OfUser(UserLimitOptions options) => new()
    {
        Sockets = options.Sockets,
        Handshakes = options.Handshakes,
        HandshakeBurst = options.HandshakeBurst,
        Requests = options.Requests,
        RequestBurst = options.RequestBurst,
        Bytes = options.Bytes.Bytes,
        Subscriptions = options.Subscriptions,
        Presence = options.Presence,
    };

    private static QuotaPolicy OfAddress(AddressLimitOptions options) => new()
    {
        Sockets = options.Sockets,
        Handshakes = options.Handshakes,
        HandshakeBurst = options.HandshakeBurst,
        Requests = options.Requests,
        RequestBurst = options.RequestBurst,
        Bytes = options.Bytes.Bytes,
        Subscriptions = options.Subscriptions,
        Presence = options.Presence,
    };
}
