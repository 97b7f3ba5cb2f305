using Realtime.Node.Cluster;
using Realtime.Node.Configuration;
using Realtime.Node.Gateway;
using Realtime.Node.Persistence.Store;

namespace Realtime.Node.Hosting.Configuration;

/// <summary>How this node is reached beside others: what may be written, and what the node makes of it.</summary>
public static class ClusterRules
{
    private const string Path = $"{RealtimeOptions.Section}:Cluster";

    public static void Check(ClusterOptions options, FaultList faults)
    {
        if (!WebListener.IsAddress(options.Host))
        {
            faults.Add($"{Path}:Host", $"must be localhost, * or an IP address, is '{options.Host}'");
        }
        else if (options.Host == "*" && options.AdvertisedHost is null)
        {
            faults.Add($"{Path}:AdvertisedHost", "must say what other nodes dial when Host is *");
        }

        if (options.AdvertisedHost is { } advertised && Uri.CheckHostName(advertised) is UriHostNameType.Unknown)
        {
            faults.Add($"{Path}:AdvertisedHost", $"must be a host name or an IP address, is '{advertised}'");
        }

        ClusterTlsRules.Check(options, faults);
        faults.Range($"{Path}:Port", options.Port, 0, 65_535);
        faults.Range($"{Path}:Capacity", options.Capacity, 1, 10_000_000);
        faults.Range($"{Path}:DrainWindow", options.DrainWindow, TimeSpan.Zero, TimeSpan.FromMinutes(10));
        if (options.ClientUrl is { } url && !ClientUrls.IsValid(url))
        {
            faults.Add($"{Path}:ClientUrl", $"must be where clients reach this node, such as wss://node-1.example.com, is '{url}'");
        }
    }

    /// <summary>Where clients reach this very node; null: they cannot choose it.</summary>
    public static string? ClientUrlOf(RealtimeOptions options, StoreChoice store) => options.Cluster.ClientUrl is { } url
        ? url.TrimEnd('/')
        : store.IsShared && options.Port != 0 && WebListener.IsLoopback(options.Address!) ? $"ws://{options.Address}:{options.Port}" : null;

    public static ActorSystemSettings ToSettings(ClusterOptions options, ProgramRole role) => new(
        options.Host switch
        {
            "localhost" => "127.0.0.1",
            "*" => "0.0.0.0",
            var address => address!,
        },
        options.Port)
    {
        AdvertisedHost = options.AdvertisedHost,
        Roles = [role is ProgramRole.Node ? ActorSystemSettings.NodeRole : ActorSystemSettings.LighthouseRole],
        Tls = ClusterTlsRules.ToTls(options),
    };
}
