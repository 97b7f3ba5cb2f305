namespace Realtime.Node.Cluster.Core;

/// <summary>How far a member is in its life in the cluster.</summary>
public enum MemberStanding
{
    Joining,
    Up,

    Leaving,

    /// <summary>Declared dead, and not removed yet.</summary>
    Down,
}
