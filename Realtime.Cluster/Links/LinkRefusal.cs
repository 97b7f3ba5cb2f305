namespace Realtime.Cluster.Links;

/// <summary>Why a stream was not opened. The numbers reach peers.</summary>
internal enum LinkRefusal : byte
{
    /// <summary>Not a hello of this protocol at all.</summary>
    Malformed = 1,

    /// <summary>No version is spoken by both.</summary>
    Protocol = 2,

    /// <summary>A node of another cluster.</summary>
    Cluster = 3,

    /// <summary>One side does not know the secret.</summary>
    Secret = 4,

    /// <summary>The node dialled itself: two nodes give out the same address.</summary>
    Oneself = 5,

    /// <summary>The node that listens is not (any more, or not yet) the incarnation that was dialled. Passes with the next view.</summary>
    NotExpected = 6,

    /// <summary>The incarnation that dials is not in the listener's view. Passes with the next view, unless it is dead.</summary>
    NotInView = 7,

    /// <summary>The hello did not come in time.</summary>
    Slow = 8,
}
