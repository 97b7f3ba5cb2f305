namespace Realtime.Messages.Frames;

/// <summary>Why a client is asked to connect elsewhere.</summary>
public enum MoveReason
{
    /// <summary>Its session lives there.</summary>
    Rebalance = 1,

    /// <summary>The node it is connected to will stop.</summary>
    Drain = 2,
}
