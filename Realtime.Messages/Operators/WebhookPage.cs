namespace Realtime.Messages.Operators;

/// <summary>Who takes events, over all nodes that answered: <c>GET /operator/v1/webhooks</c>.</summary>
public sealed record WebhookPage(IReadOnlyList<WebhookStatus> Targets, IReadOnlyList<string> Unreachable);
