using Microsoft.AspNetCore.Server.Kestrel.Core;
using Realtime.Cluster.Configuration;

namespace Realtime.Node.Hosting;

/// <summary>What Kestrel listens on and how much it takes from strangers.</summary>
public static class KestrelSetup
{
    public static void Apply(KestrelServerOptions kestrel, NodeSettings settings)
    {
        WebListener.Limit(kestrel, settings.MaxConnections);
        kestrel.Limits.MaxRequestBodySize = settings.Connections.Limits.FrameBytes;
        WebListener.Listen(kestrel, settings.Address, settings.Port);
    }
}
