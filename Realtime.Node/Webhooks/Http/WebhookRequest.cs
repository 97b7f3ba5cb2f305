namespace Realtime.Node.Webhooks.Http;

/// <summary>What is posted to an endpoint.</summary>
/// <param name="Hook">As the header and the body say.</param>
/// <param name="Id">The same in the body; of a repeat the same as of the first.</param>
/// <param name="IdempotencyKey">Null: the application cannot tell a repeat, so it is sent once.</param>
internal sealed record WebhookRequest(string Hook, string Id, ReadOnlyMemory<byte> Body, string? IdempotencyKey = null);
