namespace Realtime.Node.Schedules.Core;

/// <summary>How far a scheduled publish has come. From <see cref="Fired"/> on it is over.</summary>
internal enum ScheduleState
{
    /// <summary>Counted, and not yet in its log.</summary>
    Writing = 1,

    Pending = 2,

    /// <summary>Its cancellation is being written.</summary>
    Cancelling = 3,

    /// <summary>It is being published: nothing cancels it any more.</summary>
    Firing = 4,

    Fired = 5,

    /// <summary>The channel did not take it.</summary>
    Refused = 6,

    /// <summary>Its own time was over before it could be published.</summary>
    Expired = 7,

    Cancelled = 8,

    /// <summary>It was begun, its node was lost, and it came too late to ask the channel: it may have been published.</summary>
    Unknown = 9,
}
