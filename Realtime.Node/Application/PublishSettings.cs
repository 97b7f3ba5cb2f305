namespace Realtime.Node.Application;

/// <summary>How something is published.</summary>
public sealed record PublishSettings
{
    /// <summary>
    /// The same key on the same channel again gets the first one's position and publishes nothing, for as long as numbers of clients are remembered; 1 to 128 characters. With it a publish is repeated until it is
    /// answered. Default none: it is tried once.
    /// </summary>
    public string? IdempotencyKey { get; init; }

    /// <summary>Short labels for clients; at most 16.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Tags { get; init; } = [];
}
