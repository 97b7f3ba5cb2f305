namespace Realtime.Node.Webhooks.Http;

/// <summary>What came of one request to an endpoint.</summary>
internal abstract record WebhookAnswer
{
    private WebhookAnswer()
    {
    }

    /// <param name="Body">JSON, or nothing.</param>
    public sealed record Answered(ReadOnlyMemory<byte> Body) : WebhookAnswer;

    /// <param name="Why">For the log: names no body, no query and no secret.</param>
    /// <param name="WasSent">It may have taken effect.</param>
    /// <param name="Status">What it answered, when that is the failure.</param>
    public sealed record Failed(WebhookFailure Failure, string Why, bool WasSent, int? Status = null, TimeSpan? RetryAfter = null) : WebhookAnswer;
}
