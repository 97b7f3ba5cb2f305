using Microsoft.Extensions.Logging;
using Realtime.Node.Persistence.Members;
using Realtime.Node.Telemetry;

namespace Realtime.Node.Cluster.Members;

/// <summary>What is logged of the members of the cluster.</summary>
internal sealed partial class ClusterLogging(ILogger<ClusterLogging> logger)
{
    [LoggerMessage(LogEvents.ClusterJoining, LogLevel.Information, "Joining the cluster at {Addresses}")]
    public partial void Joining(string addresses);

    [LoggerMessage(LogEvents.ClusterFounding, LogLevel.Information, "No node of this store is in a cluster: founding it")]
    public partial void Founding();

    [LoggerMessage(LogEvents.MembersJudged, LogLevel.Warning, "The cluster goes on without {Losers}: {Reason}")]
    public partial void Judged(string losers, string reason);

    [LoggerMessage(LogEvents.MembersNotJudged, LogLevel.Warning, "That the cluster goes on without {Losers} was not written; it is decided anew")]
    public partial void NotJudged(Exception failure, string losers);

    [LoggerMessage(LogEvents.MemberDowning, LogLevel.Information, "Taking {Node} at {Address} out of the cluster")]
    public partial void Downing(string node, MemberAddress address);
}
