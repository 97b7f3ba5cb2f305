namespace Realtime.Bench.Churn;

/// <summary>A publish until it is acknowledged. Its sequence number is also its number in the payload and its request's id.</summary>
internal sealed class Publication(long sequence)
{
    public long Sequence { get; } = sequence;

    /// <summary>When it was sent first; a repeat carries the same moment, so that its delay counts.</summary>
    public long Stamp { get; set; }

    /// <summary>On the connection that the session has now.</summary>
    public bool Sent { get; set; }

    /// <summary>Refused for the moment: not before this.</summary>
    public long NotBefore { get; set; }
}
