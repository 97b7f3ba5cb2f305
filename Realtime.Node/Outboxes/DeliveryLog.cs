using Realtime.Node.Events;
using Realtime.Node.Telemetry;

namespace Realtime.Node.Outboxes;

/// <summary>The lines about events on their way.</summary>
internal sealed partial class DeliveryLog(ILogger<DeliveryLog> logger)
{
    [LoggerMessage(LogEvents.DeliveryInterrupted, LogLevel.Warning, "Delivery of outbox {Partition} to {Target} is interrupted: {Why}. It goes on from its last place")]
    public partial void Interrupted(Exception? fault, string target, int partition, string why);

    /// <summary>Nothing of what it says: that stands in the dead letters.</summary>
    [LoggerMessage(LogEvents.EventDied, LogLevel.Warning, "Event {Id} ({Kind}) could not be delivered to {Target} in {Tries} tries ({Why}) and is a dead letter")]
    public partial void Died(string target, string id, EventKind kind, int tries, string why);

    [LoggerMessage(LogEvents.EventNotBuried, LogLevel.Error, "Event {Id} for {Target} could not be written among the dead letters; that is tried again")]
    public partial void NotBuried(Exception fault, string target, string id);

    [LoggerMessage(LogEvents.ReportsMissed, LogLevel.Warning, "Outbox {Partition} was trimmed before {Target} had read it: events are lost for it. Sessions and channels are asked how they stand")]
    public partial void Missed(string target, int partition);

    [LoggerMessage(LogEvents.ReportsNotAsked, LogLevel.Warning, "Sessions and channels of outbox {Partition} could not be asked how they stand")]
    public partial void NotAsked(Exception fault, int partition);
}
