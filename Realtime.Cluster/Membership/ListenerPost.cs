using Microsoft.Extensions.Logging;
using Realtime.Cluster.Kernel;

namespace Realtime.Cluster.Membership;

/// <summary>
/// Reports, one at a time and in order, away from whoever has something to report: a slow listener or a blocked log must not hold up a heartbeat.
/// </summary>
internal sealed class ListenerPost(IMembershipListener listener, ILogger logger) : Actor<Action<IMembershipListener>>
{
    protected override void Receive(Action<IMembershipListener> message) => message(listener);

    protected override Supervision Supervise(Exception failure)
    {
        // The reports that follow are as true as before.
        MembershipLog.ListenerFailed(logger, failure);
        return Supervision.Restart;
    }
}
