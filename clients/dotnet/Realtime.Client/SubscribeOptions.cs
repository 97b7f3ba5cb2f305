using System.Text.Json;

namespace Realtime.Client;

/// <summary>How to subscribe to a channel.</summary>
public sealed record SubscribeOptions
{
    /// <summary>Where to start. Default <see cref="From.Live"/>. A position remembered for the channel wins over it.</summary>
    public From? From { get; init; }

    /// <summary>What others see of this session in the channel; null to be there unseen.</summary>
    public JsonElement? Presence { get; init; }

    /// <summary>The subscription token that a channel starting with <c>$</c> asks for.</summary>
    public string? Token { get; init; }
}
