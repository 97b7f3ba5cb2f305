namespace Realtime.Messages.Operators;

/// <summary>Bodies of actions. Members nobody knows are refused.</summary>
public static class OperatorActions
{
    /// <summary><c>POST nodes/{node}/evict</c>.</summary>
    /// <param name="Force">Needed for a node that is alive: it loses its shards at once, and joins again.</param>
    public sealed record Evict(bool Force = false);

    /// <summary><c>POST shards/{kind}/{shard}/move</c>.</summary>
    public sealed record MoveShard(string To);

    /// <summary><c>POST shards/pause</c>.</summary>
    /// <param name="Seconds">1 to 86,400.</param>
    public sealed record Pause(int Seconds = 3600);

    /// <summary><c>POST sessions/{id}/disconnect</c>.</summary>
    /// <param name="Reconnect">True: the client may come back at once. False: it is told not to, and its session ends.</param>
    public sealed record Disconnect(bool Reconnect = false, string? Reason = null);

    /// <summary><c>POST users/{user}/revoke</c> and <c>POST sessions/{id}/revoke</c>.</summary>
    /// <param name="Reason">Kept with it; clients are not told.</param>
    public sealed record Revoke(string? Reason = null);

    /// <summary><c>POST webhooks/{target}/dead/replay</c> and <c>POST webhooks/{target}/dead/drop</c>.</summary>
    /// <param name="Ids">Of events, at most 100; null: the oldest 100.</param>
    public sealed record DeadEvents(IReadOnlyList<string>? Ids = null);

    /// <summary><c>POST channels/{name}/messages</c>.</summary>
    public sealed record Publish(System.Text.Json.JsonElement Data);

    /// <summary><c>PUT nodes/{node}/log/level</c>.</summary>
    /// <param name="Level">A level of <see cref="LogLine.Level"/>.</param>
    /// <param name="Category">Prefix of the categories it is for; null: all without one of their own.</param>
    /// <param name="Seconds">After which the configured level comes back, 1 to 86,400; null: until the process ends.</param>
    public sealed record SetLogLevel(string Level, string? Category = null, int? Seconds = null);

    /// <summary><c>POST channels/{name}/messages</c> is answered with this.</summary>
    /// <param name="Position">As <c>epoch:offset</c>; null on channels without a log.</param>
    public sealed record Published(string? Position);

    /// <summary>What a publish at a time is answered with.</summary>
    /// <param name="At">Milliseconds since 1970.</param>
    public sealed record Scheduled(string Schedule, long At);

    /// <summary>What the cancellation of a scheduled publish is answered with.</summary>
    public sealed record Cancelled([property: System.Text.Json.Serialization.JsonPropertyName("cancelled")] int Count);
}
