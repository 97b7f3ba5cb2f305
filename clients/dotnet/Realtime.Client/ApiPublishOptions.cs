namespace Realtime.Client;

/// <summary>What a publish over HTTP may say beside its data.</summary>
public sealed record ApiPublishOptions
{
    /// <summary>1 to 128 characters: a repeat with the same key is answered as the first one was, and not published again.</summary>
    public string? IdempotencyKey { get; init; }

    /// <summary>Where the channel must end; else it is refused as <c>conflict</c>.</summary>
    public Position? Expected { get; init; }

    /// <summary>After it the message is given to nobody.</summary>
    public TimeSpan? TimeToLive { get; init; }

    /// <summary>The id of a session that does not get it.</summary>
    public string? ExceptSession { get; init; }

    /// <summary>At most 16 short labels.</summary>
    public IReadOnlyDictionary<string, string>? Tags { get; init; }
}
