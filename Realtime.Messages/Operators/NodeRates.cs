namespace Realtime.Messages.Operators;

/// <summary>What went through a node, per second over the last ten seconds, and what stands in it now.</summary>
/// <param name="Publishes">Accepted by channels on shards of this node.</param>
/// <param name="Deliveries">Messages queued for clients of this node.</param>
/// <param name="BytesOut">Written to clients.</param>
/// <param name="Errors">Requests of clients refused with an error.</param>
/// <param name="Refused">Handshakes refused at the door.</param>
/// <param name="PublishP50Ms">From a publish's arrival at the channel to its answer, durable or not; null when there was none.</param>
/// <param name="PublishP99Ms">The same, for the slowest in a hundred.</param>
/// <param name="Behind">Subscribers of this node that read from the log because they could not keep up.</param>
/// <param name="Queued">Bytes that wait to be written to clients.</param>
public sealed record NodeRates(
    double Publishes,
    double Deliveries,
    double BytesOut,
    double Errors,
    double Refused,
    double? PublishP50Ms,
    double? PublishP99Ms,
    int Behind,
    long Queued)
{
    public static NodeRates Nothing { get; } = new(0, 0, 0, 0, 0, null, null, 0, 0);
}
