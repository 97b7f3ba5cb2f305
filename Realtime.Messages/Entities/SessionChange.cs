namespace Realtime.Messages.Entities;

/// <summary>What can happen to a session. Frozen by a test.</summary>
public enum SessionChange
{
    /// <summary>A connection opened it, and stands for it.</summary>
    Opened = 1,

    /// <summary>A connection stands for it from now on.</summary>
    Attached = 2,

    /// <summary>The connection is gone.</summary>
    Detached = 3,

    /// <summary>A newer connection has taken the place of this one.</summary>
    Superseded = 4,

    /// <summary>Its shard was handed to another node.</summary>
    Moved = 5,

    /// <summary>Its owner was lost, and a new one has found it or was told of it by its connection.</summary>
    Adopted = 6,

    /// <summary>It was read from the store.</summary>
    Loaded = 7,

    /// <summary>Its grace time is over.</summary>
    Parked = 8,

    /// <summary>An operator took its connection away, or ended it.</summary>
    Disconnected = 9,
}
