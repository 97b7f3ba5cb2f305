using Realtime.Node.Events;

namespace Realtime.Node.Outboxes.Core;

internal abstract record DeliveryInput
{
    private DeliveryInput()
    {
    }

    public sealed record Read(OutboxPage Page) : DeliveryInput;

    /// <summary>What became of a <see cref="DeliveryEffect.Deliver"/>.</summary>
    public sealed record Tried(string Id, EventOutcome Outcome) : DeliveryInput;

    /// <summary>What became of a <see cref="DeliveryEffect.Bury"/>.</summary>
    public sealed record Buried(string Id, bool IsWritten) : DeliveryInput;

    /// <summary>Something may be due.</summary>
    public sealed record Tick : DeliveryInput;
}
