using Akka.Actor.Setup;
using Realtime.Node.Persistence.Members;

namespace Realtime.Node.Cluster.Members;

/// <summary>The rows of the store that the nodes of this cluster share, for what Akka makes by itself.</summary>
internal sealed class MemberRowsSetup(IMemberRows rows, TimeProvider time, ClusterLogging log) : Setup
{
    public IMemberRows Rows => rows;

    public TimeProvider Time => time;

    public ClusterLogging Log => log;
}
