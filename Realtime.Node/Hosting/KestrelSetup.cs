using Microsoft.AspNetCore.Server.Kestrel.Core;
using Realtime.Node.Configuration;
using Realtime.Node.Operations.Listener;

namespace Realtime.Node.Hosting;

/// <summary>What Kestrel listens on and how much it takes from strangers.</summary>
internal static class KestrelSetup
{
    /// <summary>Where <see cref="Apply"/> listens.</summary>
    public static IReadOnlyList<ListeningAddress> Addresses(NodeSettings settings) =>
    [
        new ListeningAddress(settings.Address, settings.Port, "--port"),
        .. settings.Operator is { } own ? [new ListeningAddress(own.Address, own.Port, "--operator-port")] : Array.Empty<ListeningAddress>(),
    ];

    /// <param name="operators">Null: they are not listened to.</param>
    public static void Apply(KestrelServerOptions kestrel, NodeSettings settings, OperatorListener? operators)
    {
        WebListener.Limit(kestrel, settings.MaxConnections);
        kestrel.Limits.MaxRequestBodySize = settings.Connections.Limits.FrameBytes;
        WebListener.Listen(kestrel, settings.Address, settings.Port);
        if (settings.Operator is { } own && operators is not null)
        {
            WebListener.Listen(kestrel, own.Address, own.Port, operators.Mark);
        }
    }
}
