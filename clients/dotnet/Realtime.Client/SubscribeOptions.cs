using System.Text.Json;

namespace Realtime.Client;

/// <summary>How to subscribe to a channel.</summary>
public sealed record SubscribeOptions
{
    /// <summary>Where to start. Default <see cref="From.Live"/>. A position remembered for the channel wins over it.</summary>
    public From? From { get; init; }

    /// <summary>
    /// The past that the stream begins with, also when the session is resumed: the last n messages or everything, those that were read before
    /// included (<see cref="ChannelEvent.Message.Replayed"/>), followed without hole or repeat by what was missed and then live. Wins over
    /// <see cref="From"/>. Null, the default: nothing beyond what <see cref="From"/> or a remembered position says.
    /// </summary>
    public SubscribeHistory? History { get; init; }

    /// <summary>What others see of this session in the channel; null to be there unseen.</summary>
    public JsonElement? Presence { get; init; }

    /// <summary>The subscription token that a channel starting with <c>$</c> asks for.</summary>
    public string? Token { get; init; }

    /// <summary>
    /// Fetches the subscription token of the channel that it is given: before the channel is subscribed, and again when the server says <c>token_expired</c>; the channel is subscribed anew then,
    /// from where it stood. A failure is tried again after a while. Wins over <see cref="Token"/>.
    /// </summary>
    public Func<string, CancellationToken, Task<string?>>? TokenProvider { get; init; }
}
