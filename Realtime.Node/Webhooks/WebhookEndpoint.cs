using Realtime.Messages.Ids;

namespace Realtime.Node.Webhooks;

/// <summary>One endpoint of the application, as it is configured.</summary>
/// <param name="Name">Places and dead letters are kept under it.</param>
internal sealed record WebhookEndpoint(string Name, Uri Url)
{
    /// <summary>Each of them signs, so that one can follow another.</summary>
    public required IReadOnlyList<string> Secrets { get; init; }

    public WebhookHooks Hooks { get; init; }

    /// <summary>Of subscribes, publishes and events of channels. Empty: all.</summary>
    public IReadOnlyList<ChannelPattern> Channels { get; init; } = [];

    /// <summary>Of calls. Empty: all.</summary>
    public IReadOnlySet<string> Methods { get; init; } = new HashSet<string>();

    /// <summary>The decisions that count as allowed while the endpoint cannot be asked.</summary>
    public WebhookHooks AllowedOnFailure { get; init; }

    /// <summary>Of one request with its answer, and of a decision with all its tries.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Decisions under way from this node at a time.</summary>
    public int Concurrency { get; init; } = 64;

    /// <summary>Decisions that wait for their turn.</summary>
    public int Queue { get; init; } = 256;

    public int ResponseBytes { get; init; } = 1024 * 1024;

    /// <summary>Events under way at a time, of each outbox.</summary>
    public int EventConcurrency { get; init; } = 8;

    public int EventAttempts { get; init; } = 20;

    public TimeSpan EventMaxAge { get; init; } = TimeSpan.FromDays(1);

    public TimeSpan EventFirstRetry { get; init; } = TimeSpan.FromSeconds(1);

    public TimeSpan EventLongestRetry { get; init; } = TimeSpan.FromMinutes(5);

    public bool Has(WebhookHooks hook) => (Hooks & hook) != 0;

    public bool Covers(ChannelName channel)
    {
        if (Channels.Count == 0)
        {
            return true;
        }

        for (var i = 0; i < Channels.Count; i++)
        {
            if (Channels[i].Matches(channel))
            {
                return true;
            }
        }

        return false;
    }

    public bool Answers(string method) => Has(WebhookHooks.Call) && (Methods.Count == 0 || Methods.Contains(method));
}
