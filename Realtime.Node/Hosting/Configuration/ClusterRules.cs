using System.Net;
using System.Text;
using Realtime.Node.Auth;
using Realtime.Node.Configuration;
using Realtime.Node.Connections;
using Realtime.Node.Gateway;

namespace Realtime.Node.Hosting.Configuration;

/// <summary>The ranges of the cluster's options and of admission, and what the node makes of them.</summary>
public static class ClusterRules
{
    private const string Cluster = $"{RealtimeOptions.Section}:Cluster";
    private const string Admission = $"{RealtimeOptions.Section}:Admission";
    private const int LeastSecret = 16;

    public static void Check(RealtimeOptions options, FaultList faults)
    {
        CheckAdmission(options.Admission, faults);
        var cluster = options.Cluster;
        faults.Range($"{Cluster}:PeerPort", cluster.PeerPort, 0, 65_535);
        faults.Range($"{Cluster}:PeerAdvertisedPort", cluster.PeerAdvertisedPort, 0, 65_535);
        faults.Range($"{Cluster}:Capacity", cluster.Capacity, 1, 1_000_000);
        faults.Range($"{Cluster}:Shards", cluster.Shards, 1, 65_536);
        faults.Range($"{Cluster}:Heartbeat", cluster.Heartbeat, TimeSpan.FromMilliseconds(100), TimeSpan.FromMinutes(1));
        faults.Range($"{Cluster}:DrainWindow", cluster.DrainWindow, TimeSpan.Zero, TimeSpan.FromHours(1));
        if (cluster.PeerAddress is { } address and not ("localhost" or "*") && !IPAddress.TryParse(address, out _))
        {
            faults.Add($"{Cluster}:PeerAddress", $"must be localhost, * or an IP address, is '{address}'");
        }

        if (cluster.PeerHost is { } host && Uri.CheckHostName(host) is UriHostNameType.Unknown)
        {
            faults.Add($"{Cluster}:PeerHost", $"must be a host name or an IP address, is '{host}'");
        }

        if (cluster.ClientUrl is { } url && !GatewayRouting.IsClientUrl(url))
        {
            faults.Add($"{Cluster}:ClientUrl", $"must be where clients reach this node, such as wss://node-1.example.com, is '{url}'");
        }

        if (cluster.Zone is { Length: > 64 })
        {
            faults.Add($"{Cluster}:Zone", "must be at most 64 characters");
        }

        CheckSecret(options, faults);
    }

    /// <summary>Null: the node is alone.</summary>
    public static ClusterSettings? ToSettings(RealtimeOptions options, StoreChoice store)
    {
        var cluster = options.Cluster;
        if (!cluster.Enabled && !store.IsShared)
        {
            return null;
        }

        var address = cluster.PeerAddress ?? options.Address!;
        return new ClusterSettings
        {
            PeerAddress = address,
            PeerPort = cluster.PeerPort,
            PeerHost = cluster.PeerHost ?? (address switch
            {
                "localhost" => IPAddress.Loopback.ToString(),
                "*" => Dns.GetHostName(),
                _ when IPAddress.Parse(address) is var ip && (ip.Equals(IPAddress.Any) || ip.Equals(IPAddress.IPv6Any)) => Dns.GetHostName(),
                _ => address,
            }),
            PeerAdvertisedPort = cluster.PeerAdvertisedPort,
            ClientUrl = cluster.ClientUrl?.TrimEnd('/'),
            Zone = cluster.Zone,
            Capacity = cluster.Capacity,
            Shards = cluster.Shards,
            Heartbeat = cluster.Heartbeat,
            Secret = cluster.Secret,
            DrainWindow = cluster.DrainWindow,
        };
    }

    public static AdmissionPolicy ToPolicy(AdmissionOptions options) => new()
    {
        Handshakes = options.Handshakes,
        HandshakeBurst = options.HandshakeBurst,
        Resumes = options.Resumes,
        ResumeBurst = options.ResumeBurst,
        GatewayRequests = options.GatewayRequests,
    };

    private static void CheckAdmission(AdmissionOptions options, FaultList faults)
    {
        const int Most = 1_000_000;
        faults.Range($"{Admission}:Handshakes", options.Handshakes, 1, Most);
        faults.Range($"{Admission}:HandshakeBurst", options.HandshakeBurst, 1, Most);
        faults.Range($"{Admission}:Resumes", options.Resumes, 1, Most);
        faults.Range($"{Admission}:ResumeBurst", options.ResumeBurst, 1, Most);
        faults.Range($"{Admission}:GatewayRequests", options.GatewayRequests, 1, Most);
        NotLess("HandshakeBurst", options.HandshakeBurst, "Handshakes", options.Handshakes, faults);
        NotLess("Resumes", options.Resumes, "Handshakes", options.Handshakes, faults);
        NotLess("ResumeBurst", options.ResumeBurst, "Resumes", options.Resumes, faults);
    }

    private static void NotLess(string name, int value, string other, int least, FaultList faults)
    {
        if (value < least)
        {
            faults.Add($"{Admission}:{name}", $"must not be less than {other} ({least}), is {value}");
        }
    }

    /// <summary>A node believes what other nodes say, so whoever can reach the port of an unprotected one owns it.</summary>
    private static void CheckSecret(RealtimeOptions options, FaultList faults)
    {
        if (options.Cluster.Secret is { } secret)
        {
            if (Encoding.UTF8.GetByteCount(secret) < LeastSecret)
            {
                faults.Add($"{Cluster}:Secret", $"must be at least {LeastSecret} bytes, is {Encoding.UTF8.GetByteCount(secret)}");
            }

            return;
        }

        var isMember = options.Cluster.Enabled || (StoreChoice.TryParse(options.Store, out var store) && store.IsShared);
        var address = options.Cluster.PeerAddress ?? options.Address;
        if (isMember && address != "localhost" && !(IPAddress.TryParse(address, out var ip) && IPAddress.IsLoopback(ip)))
        {
            faults.Add($"{Cluster}:Secret", $"is needed, because nodes are listened to on {address} and not on loopback only");
        }
    }
}
