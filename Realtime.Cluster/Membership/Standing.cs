namespace Realtime.Cluster.Membership;

/// <summary>
/// What a node may say, by how long ago the last heartbeat that succeeded was <em>sent</em>. Asked at the point of use, before a request is
/// handled, never only by a timer: a process that was stopped wakes up in the middle of anything.
/// </summary>
public enum Standing
{
    /// <summary>The lease is fresh: it owns what the view says it owns.</summary>
    Sure,

    /// <summary>The lease is old and nobody has said yet whether others can renew theirs: requests wait.</summary>
    Unsure,

    /// <summary>Nobody can reach the store, so nobody can have taken over: what needs no store goes on, owners stay as they are.</summary>
    Frozen,

    /// <summary>Others can commit and this node cannot: it owns nothing any more, whatever its view says.</summary>
    Out,
}
