namespace Realtime.Node.Connections.Core;

/// <summary>What went over a link so far.</summary>
/// <param name="Delivered">Bytes that have reached the peer, as far as the transport can tell.</param>
/// <param name="IsSending">Something waits to be sent.</param>
public readonly record struct TrafficSnapshot(long Delivered, bool IsSending)
{
    /// <summary>Something has not reached the peer yet.</summary>
    public bool IsUnderWay { get; init; } = IsSending;

    /// <summary>When bytes last went out, monotonic milliseconds; not later than they did.</summary>
    public long SentAt { get; init; }

    /// <summary>When bytes last came, also those of an unfinished message; not later than they did.</summary>
    public long ReceivedAt { get; init; }
}
