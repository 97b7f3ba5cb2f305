using Realtime.Messages.Ids;

namespace Realtime.Cluster.Membership;

/// <summary>Hears what becomes of this node and its view, one call at a time, in order; must not block.</summary>
public interface IMembershipListener
{
    void OnJoined(Incarnation self, ClusterView view);

    void OnView(ViewChange change);

    void OnStanding(Standing standing);

    /// <summary>This incarnation was declared dead: nothing is owned any more. The node joins again by itself.</summary>
    void OnDead(Incarnation self);

    /// <summary>It cannot join again: another process has its name, or the cluster is no longer its own. The process should end, with exit code 3.</summary>
    void OnFailed(Exception cause);
}
