using Realtime.Node.Webhooks;

namespace Realtime.Node.Hosting.Configuration;

/// <summary>What counts while the endpoint is slow, down or wrong. Calls are refused then.</summary>
public sealed class WebhookFailureOptions
{
    /// <summary>Of a connect: <c>Allow</c> lets in whom the token lets in. Default Refuse.</summary>
    public OnFailure Connect { get; set; } = OnFailure.Refuse;

    /// <summary>Of a subscribe: <c>Allow</c> allows what the rules of the namespace allow. Default Refuse.</summary>
    public OnFailure Subscribe { get; set; } = OnFailure.Refuse;

    /// <summary>Of a publish: <c>Allow</c> publishes what was sent. Default Refuse.</summary>
    public OnFailure Publish { get; set; } = OnFailure.Refuse;
}
