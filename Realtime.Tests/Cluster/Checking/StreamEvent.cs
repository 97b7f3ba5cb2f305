namespace Realtime.Tests.Cluster.Checking;

/// <summary>What a subscription yielded.</summary>
internal abstract record StreamEvent
{
    private StreamEvent()
    {
    }

    public sealed record Subscribed(string Epoch, long Offset, bool? Recovered) : StreamEvent;

    public sealed record Message(string Epoch, long Offset, string Id) : StreamEvent;

    public sealed record Gap(string Reason, long? First, long? Last, string Epoch, long Offset) : StreamEvent;
}
