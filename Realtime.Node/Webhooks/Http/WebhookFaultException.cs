namespace Realtime.Node.Webhooks.Http;

/// <summary>An endpoint's answer, or where it is, breaks a rule. Counts for the breaker as any failure does.</summary>
internal sealed class WebhookFaultException(WebhookFailure failure, string message) : HttpRequestException(message)
{
    public WebhookFailure Failure => failure;
}
