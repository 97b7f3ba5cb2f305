using Realtime.Node.Events;
using Realtime.Node.Outboxes.Logs;
using Realtime.Node.Telemetry.Metrics;

namespace Realtime.Node.Outboxes;

/// <summary>What operators see of events on their way, and do about those that are dead.</summary>
/// <param name="channels">Asked with each question: the node starts after its endpoints are mapped.</param>
internal sealed class EventDesk(IReadOnlyList<DeliveryTarget> targets, Func<DeliveryChannels> channels, EventInstruments metrics, TimeProvider time)
{
    public IReadOnlyList<DeliveryTarget> Targets => targets;

    public DeliveryTarget? Find(string name) => targets.FirstOrDefault(target => target.Name == name);

    public (long Delivered, long Failed, long Dead, int Waiting, long LagMilliseconds) Look(DeliveryTarget target) =>
        metrics.Look(target.Name, time.GetUtcNow().ToUnixTimeMilliseconds());

    /// <summary>Oldest first.</summary>
    public Task<IReadOnlyList<DeadLetter>> DeadAsync(DeliveryTarget target, CancellationToken cancellation) => LogOf(target).ReadAsync(cancellation);

    /// <summary>Delivers a dead letter after all. What came after it has been delivered before it.</summary>
    /// <returns>Null: it is delivered, and no dead letter any more. Else why not.</returns>
    public async Task<string?> ReplayAsync(DeliveryTarget target, DeadLetter letter, CancellationToken cancellation)
    {
        var outcome = await target.Target.DeliverAsync(letter.Event, cancellation).ConfigureAwait(false);
        switch (outcome)
        {
            case EventOutcome.Delivered:
                metrics.Tried(target.Name, "delivered");
                await DropAsync(target, letter, cancellation).ConfigureAwait(false);
                return null;
            case EventOutcome.Failed failed:
                metrics.Tried(target.Name, "failed");
                return failed.Why;
            case EventOutcome.Refused refused:
                metrics.Tried(target.Name, "failed");
                return refused.Why;
            case EventOutcome.Held held:
                return held.Why;
            default:
                throw new ArgumentOutOfRangeException(nameof(letter), outcome, "is not known");
        }
    }

    public Task DropAsync(DeliveryTarget target, DeadLetter letter, CancellationToken cancellation) => LogOf(target).SettleAsync(letter.Event.Id, cancellation);

    private DeadLetterLog LogOf(DeliveryTarget target) => new(channels(), target.Name);
}
