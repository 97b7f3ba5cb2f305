using Realtime.Node.Configuration;

namespace Realtime.Node.Hosting.Configuration;

/// <summary>One endpoint of the application, <c>Realtime:Webhooks:Endpoints:NAME</c>.</summary>
public sealed class WebhookEndpointOptions
{
    /// <summary>Where it is: <c>https://app.example.com/realtime</c>. No user and no password in it. Required.</summary>
    public string? Url { get; set; }

    /// <summary>Keys that requests are signed with, each at least 32 characters; a list, or one text with commas. With two the endpoint may know either, so that one can follow another. Required.</summary>
    [Secret]
    public IList<string> Secrets { get; set; } = [];

    /// <summary>
    /// What it is asked: <c>connect</c>, <c>subscribe</c>, <c>publish</c>, <c>call</c>; and what it is told: <c>sessions</c>, <c>occupancy</c>, <c>members</c>. A list, or one text with commas. Required.
    /// </summary>
    public IList<string> Hooks { get; set; } = [];

    /// <summary>Channels it is asked and told about: names, or beginnings of names with a <c>*</c> at the end; a list, or one text with commas. Default none: all.</summary>
    public IList<string> Channels { get; set; } = [];

    /// <summary>Methods of calls that it answers; a list, or one text with commas. Default none: all.</summary>
    public IList<string> Methods { get; set; } = [];

    public WebhookFailureOptions OnFailure { get; set; } = new();

    /// <summary>How long an answer may take: of a decision with its waiting and its tries, of an event each try. 100ms to 10s. Default 5s.</summary>
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>Decisions under way from this node at a time, 1 to 10,000. Default 64.</summary>
    public int Concurrency { get; set; } = 64;

    /// <summary>Decisions that wait for their turn, 0 to 100,000; beyond it clients get <c>too_many</c>. Default 256.</summary>
    public int Queue { get; set; } = 256;

    /// <summary>Most bytes of an answer, 1KiB to 16MiB. Default 1MiB.</summary>
    public ByteSize ResponseBytes { get; set; } = new(1024 * 1024);

    /// <summary>Events under way at a time, of each of the 16 outboxes, 1 to 256. Default 8.</summary>
    public int EventConcurrency { get; set; } = 8;

    /// <summary>Tries of one event, after which it is a dead letter, 1 to 1,000. Default 20.</summary>
    public int EventAttempts { get; set; } = 20;

    /// <summary>From an event's first try, after which it is a dead letter, 1s to 3d. Default 1d.</summary>
    public TimeSpan EventMaxAge { get; set; } = TimeSpan.FromDays(1);

    /// <summary>Pause after an event's first try, 10ms to 1m; it doubles with each. Default 1s.</summary>
    public TimeSpan EventFirstRetry { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>The longest pause between two tries, 10ms to 1h. Default 5m.</summary>
    public TimeSpan EventLongestRetry { get; set; } = TimeSpan.FromMinutes(5);
}
