using System.Collections.Immutable;

namespace Realtime.Client;

/// <summary>
/// What a client has to remember to go on as the same session in another process: <see cref="RealtimeClient.Export"/>
/// gives it, <see cref="RealtimeClientOptions.Memory"/> takes it. It can be serialised as it is. It holds the resume
/// token, which is a secret; two clients must not use one at the same time (the newer takes the session over).
/// </summary>
public sealed record ClientMemory
{
    /// <summary>The resume token; null when there is no session yet.</summary>
    public string? Session { get; init; }

    /// <summary>
    /// Name of the publishing instance. Sound only together with <see cref="NextSequence"/>: a producer that counts from
    /// an older number again would have its new messages taken for repeats.
    /// </summary>
    public string? Producer { get; init; }

    /// <summary>The next sequence number of <see cref="Producer"/>.</summary>
    public long NextSequence { get; init; } = 1;

    /// <summary>How far the hellos have been counted: the next one has a higher number, so that the server can tell which is the newer.</summary>
    public long Attempt { get; init; }

    /// <summary>Per channel the last message that the application has read.</summary>
    public ImmutableDictionary<string, string> Positions { get; init; } = ImmutableDictionary<string, string>.Empty;
}
