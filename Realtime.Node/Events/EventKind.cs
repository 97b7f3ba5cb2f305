namespace Realtime.Node.Events;

/// <summary>What an application can learn of as it happens.</summary>
public enum EventKind
{
    /// <summary>A session began: a client came that did not come back.</summary>
    SessionOpened,

    /// <summary>A session is over and cannot be resumed.</summary>
    SessionClosed,

    /// <summary>A channel has its first subscriber.</summary>
    ChannelOccupied,

    /// <summary>A channel has no subscriber any more.</summary>
    ChannelVacated,

    /// <summary>A session is present on a channel.</summary>
    MemberJoined,

    /// <summary>What a present session says of itself is another.</summary>
    MemberChanged,

    /// <summary>A session is not present on a channel any more.</summary>
    MemberLeft,
}
