namespace Realtime.Tests.Cluster.Checking;

/// <summary>One publish as its publisher saw it. Times are readings of the load process's one monotonic clock.</summary>
internal sealed record Publication(string Publisher, string Channel, string Id, bool ExactlyOnce, long Invoked)
{
    public PublicationEnd End { get; private set; }

    public long Answered { get; private set; }

    /// <summary>
    /// The node its publisher was connected to all the while; null when it was another at the end. Two connections have no order between them, so only what
    /// went over one can be held to the order of the calls.
    /// </summary>
    public string? Via { get; private set; }

    /// <summary>Where the server says it is.</summary>
    public string? Epoch { get; private set; }

    public long Offset { get; private set; }

    /// <summary>When it was begun and answered, by time of day, to be laid beside the nodes' logs.</summary>
    public string? Times { get; private set; }

    /// <summary>The code it was refused with, or why its outcome is not known.</summary>
    public string? Reason { get; private set; }

    /// <summary>It was answered with an error at least once, and then tried again.</summary>
    public bool WasRefused { get; private set; }

    public Publication Acknowledged(long at, string epoch, long offset)
    {
        (End, Answered, Epoch, Offset) = (PublicationEnd.Acknowledged, at, epoch, offset);
        return this;
    }

    public Publication Failed(long at, bool known, string reason)
    {
        (End, Answered, Reason) = (known ? PublicationEnd.Refused : PublicationEnd.Unknown, at, reason);
        return this;
    }

    public Publication Refused()
    {
        WasRefused = true;
        return this;
    }

    public Publication During(DateTimeOffset begun, DateTimeOffset answered)
    {
        Times = $"{begun:ss.fff} to {answered:ss.fff}";
        return this;
    }

    public Publication Over(string? begun, string? ended)
    {
        Via = begun == ended ? begun : null;
        return this;
    }

    public override string ToString() => $"{Id} on {Channel} ({(ExactlyOnce ? "exactly once" : "sent once")}, {End}{(Epoch is null ? "" : $" at {Epoch}:{Offset}")}{(Reason is null ? "" : $", {Reason}")}{(Times is null ? "" : $", {Times} via {Via}")})";
}
