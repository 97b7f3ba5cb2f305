using Realtime.Node.Events;

namespace Realtime.Node.Outboxes.Core;

internal abstract record DeliveryEffect
{
    private DeliveryEffect()
    {
    }

    public sealed record Deliver(ApplicationEvent Event) : DeliveryEffect;

    /// <summary>It is to be written among the dead letters; only then what follows it under its key goes on.</summary>
    public sealed record Bury(ApplicationEvent Event, string Why, int Tries) : DeliveryEffect;

    /// <summary>Reports were lost: entities have to say again how things stand.</summary>
    public sealed record Missed : DeliveryEffect;
}
