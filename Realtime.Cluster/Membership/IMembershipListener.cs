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
}
