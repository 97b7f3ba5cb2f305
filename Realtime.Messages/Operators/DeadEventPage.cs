namespace Realtime.Messages.Operators;

/// <summary>Events that could not be delivered, oldest first: <c>GET /operator/v1/webhooks/{target}/dead</c>.</summary>
/// <param name="Total">How many there are, those not on this page among them.</param>
public sealed record DeadEventPage(IReadOnlyList<DeadEvent> Events, int Total);
