namespace Realtime.Node.Application;

/// <summary>How something is published.</summary>
public sealed record PublishSettings
{
    /// <summary>
    /// The same key on the same channel again gets the first one's position and publishes nothing, for as long as numbers of clients are remembered; 1 to 128 characters. With it a publish is repeated until it is
    /// answered. Default none: it is tried once.
    /// </summary>
    public string? IdempotencyKey { get; init; }

    /// <summary>A position: the channel must end exactly there, or the publish is refused as <see cref="Realtime.Messages.Errors.ErrorCode.Conflict"/>. Default none.</summary>
    public string? Expected { get; init; }

    /// <summary>After it the message is given to nobody: not live, not to those who come back, not from history. 1 ms to 30 days; default none.</summary>
    public TimeSpan? TimeToLive { get; init; }

    /// <summary>The id of a session that does not get it. Default none.</summary>
    public string? ExceptSession { get; init; }

    /// <summary>Short labels for clients; at most 16.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Tags { get; init; } = [];
}
