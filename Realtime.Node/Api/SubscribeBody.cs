namespace Realtime.Node.Api;

/// <summary>Body of <c>subscribe</c> and <c>unsubscribe</c>.</summary>
/// <param name="From">Of a new subscription: EPOCH:OFFSET, the stream goes on after it; null: with what is published from now on.</param>
/// <param name="Reason">For the client.</param>
internal sealed record SubscribeBody(string Channel, string? From = null, string? Reason = null);
