namespace Realtime.Node.Telemetry.Metrics;

/// <summary>What stands in the connections of a node.</summary>
/// <param name="Behind">Subscriptions that read from the log or wait for room.</param>
/// <param name="Queued">Bytes that wait to be written.</param>
public sealed record ConnectionLoad(int Subscribers, int Behind, long Queued)
{
    public static ConnectionLoad None { get; } = new(0, 0, 0);
}
