using System.Collections.Concurrent;
using Realtime.Node.Telemetry;

namespace Realtime.Node.Webhooks;

/// <summary>Says in the log when an endpoint begins to fail and when it does not any more, and not with each request between.</summary>
internal sealed partial class EndpointTrouble(string endpoint, ILogger<EndpointTrouble> logger)
{
    private readonly ConcurrentDictionary<string, long> _failing = new(StringComparer.Ordinal);

    public void Failed(string hook, string why, bool isAllowed)
    {
        if (_failing.AddOrUpdate(hook, 1, static (_, count) => count + 1) > 1)
        {
            return;
        }

        if (isAllowed)
        {
            NotAskedButAllowed(endpoint, hook, why);
        }
        else
        {
            NotAnswered(endpoint, hook, why);
        }
    }

    public void Over(string hook)
    {
        if (!_failing.IsEmpty && _failing.TryRemove(hook, out var count))
        {
            AnswersAgain(endpoint, hook, count);
        }
    }

    [LoggerMessage(LogEvents.WebhookFails, LogLevel.Warning, "Webhook {Endpoint} fails with {Hook}: {Why}. It counts as refused until it answers")]
    private partial void NotAnswered(string endpoint, string hook, string why);

    [LoggerMessage(LogEvents.WebhookFailsAllowed, LogLevel.Warning, "Webhook {Endpoint} fails with {Hook}: {Why}. It counts as allowed until it answers")]
    private partial void NotAskedButAllowed(string endpoint, string hook, string why);

    [LoggerMessage(LogEvents.WebhookAnswersAgain, LogLevel.Information, "Webhook {Endpoint} answers {Hook} again, after {Count} that failed")]
    private partial void AnswersAgain(string endpoint, string hook, long count);
}
