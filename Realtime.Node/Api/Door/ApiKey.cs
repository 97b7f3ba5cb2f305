using Realtime.Messages.Ids;

namespace Realtime.Node.Api.Door;

/// <summary>A key of the application's back end. What is kept is the hash of its secret: the secret itself is random, so a fast hash is enough.</summary>
/// <param name="Hash">SHA-256 of the secret.</param>
/// <param name="Patterns">Of its channels: names, or beginnings of names with a <c>*</c> at their end; null: all.</param>
/// <param name="RequestsPerSecond">Null: no bound.</param>
public sealed record ApiKey(string Id, ReadOnlyMemory<byte> Hash, ApiScopes Scopes, IReadOnlyList<string>? Patterns, int? RequestsPerSecond)
{
    /// <summary>Null: no bound.</summary>
    public int? RequestsAtOnce { get; init; }

    /// <summary>Null: no bound.</summary>
    public int? MessagesPerSecond { get; init; }

    /// <summary>Null: no bound.</summary>
    public long? BytesPerSecond { get; init; }

    /// <summary>Whether it is for this channel.</summary>
    public bool Reaches(string channel) => Patterns is null || Patterns.Any(pattern => ChannelPattern.Matches(pattern, channel));
}
