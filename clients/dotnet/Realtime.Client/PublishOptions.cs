using System.Text.Json;

namespace Realtime.Client;

/// <summary>How to publish.</summary>
public sealed record PublishOptions
{
    internal static PublishOptions Default { get; } = new();

    /// <summary>
    /// Default true: the message gets a sequence number, is repeated under it over reconnects and temporary refusals until
    /// it is answered, and is stored once. False: sent once; when the connection breaks before the answer,
    /// the call fails with <see cref="Outcome.Unknown"/>.
    /// </summary>
    public bool ExactlyOnce { get; init; } = true;

    /// <summary>Whether this session gets the message too, if it is subscribed. Default true.</summary>
    public bool Echo { get; init; } = true;

    /// <summary>Tags to go with the message: a JSON object; null for none.</summary>
    public JsonElement? Tags { get; init; }
}
