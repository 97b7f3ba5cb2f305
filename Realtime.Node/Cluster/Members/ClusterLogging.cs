using Microsoft.Extensions.Logging;
using Realtime.Node.Telemetry;

namespace Realtime.Node.Cluster.Members;

/// <summary>What is logged of the members of the cluster.</summary>
internal sealed partial class ClusterLogging(ILogger<ClusterLogging> logger)
{
    [LoggerMessage(LogEvents.ClusterJoining, LogLevel.Information, "Joining the cluster at {Addresses}")]
    public partial void Joining(string addresses);

    [LoggerMessage(LogEvents.ClusterFounding, LogLevel.Information, "No node of this store is in a cluster: founding it")]
    public partial void Founding();
}
