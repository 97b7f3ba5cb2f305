namespace Realtime.Node.Feeds.Core;

/// <summary>Where a feed's lease on its channel's news stands.</summary>
internal enum LeaseState
{
    /// <summary>Nothing was asked for, or it was given back.</summary>
    None = 1,

    /// <summary>Listen was sent and is repeated until it is answered.</summary>
    Asking = 2,

    /// <summary>One actor has answered the latest Listen: that one is believed, and no other.</summary>
    Held = 3,

    /// <summary>Unlisten was sent and is repeated until it is answered.</summary>
    Returning = 4,
}
