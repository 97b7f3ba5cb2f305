namespace Realtime.Node.Cluster.Core;

/// <summary>How far a member is in its life in the cluster.</summary>
public enum MemberStanding
{
    Joining,
    Up,

    /// <summary>Going, or being removed.</summary>
    Leaving,
}
