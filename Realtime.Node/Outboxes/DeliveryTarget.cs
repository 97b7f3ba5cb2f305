using Realtime.Node.Events;

namespace Realtime.Node.Outboxes;

/// <summary>Who takes events, and how they are brought there.</summary>
internal sealed record DeliveryTarget(IEventTarget Target, DeliveryPolicy Policy)
{
    public string Name => Target.Name;
}
