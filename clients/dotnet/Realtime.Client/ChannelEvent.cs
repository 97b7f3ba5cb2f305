using System.Collections.Immutable;
using System.Text.Json;

namespace Realtime.Client;

/// <summary>What a <see cref="RealtimeSubscription"/> yields: a closed family of nested records.</summary>
public abstract record ChannelEvent
{
    private ChannelEvent(string channel) => Channel = channel;

    /// <summary>The channel it came from.</summary>
    public string Channel { get; init; }

    /// <summary>A message. On a channel with a log each one follows the one before, or a <see cref="Gap"/> lies between.</summary>
    /// <param name="Channel">The channel it came from.</param>
    /// <param name="Position">Its place in the log; null where the channel's namespace keeps no log.</param>
    /// <param name="Data">The payload; null when the message carries <paramref name="Bytes"/>.</param>
    /// <param name="Bytes">A binary payload; null when the message carries <paramref name="Data"/>.</param>
    /// <param name="At">When the server took it.</param>
    /// <param name="From">Who published it; null when the application's back end did.</param>
    /// <param name="Tags">The publisher's tags; null when there are none.</param>
    public sealed record Message(
        string Channel,
        Position? Position,
        JsonElement? Data,
        ReadOnlyMemory<byte>? Bytes,
        DateTimeOffset At,
        Sender? From,
        JsonElement? Tags) : ChannelEvent(Channel)
    {
        /// <summary>
        /// Whether an earlier client of this session has read it already (<see cref="RealtimeClientOptions.Memory"/>): it comes again because
        /// <see cref="SubscribeOptions.History"/> asked for it. For showing, not for acting on twice.
        /// </summary>
        public bool Replayed { get; init; }
    }

    /// <summary>Messages were lost to this session. The stream goes on after <paramref name="Position"/>.</summary>
    /// <param name="Channel">The channel.</param>
    /// <param name="Reason">
    /// <c>trimmed</c> (older than the history kept), <c>epoch</c> (the log was born anew), <c>ahead</c> (the position was
    /// beyond the log's end), <c>lagged</c> (read too slowly), <c>corrupt</c>.
    /// </param>
    /// <param name="First">Offset of the first lost message; null when unknown.</param>
    /// <param name="Last">Offset of the last lost message; null when unknown.</param>
    /// <param name="Position">Where the stream goes on; null where the channel keeps no log.</param>
    public sealed record Gap(string Channel, string Reason, long? First, long? Last, Position? Position) : ChannelEvent(Channel);

    /// <summary>Sessions came to the channel.</summary>
    public sealed record Joined(string Channel, ImmutableArray<Member> Members, long? Revision) : ChannelEvent(Channel);

    /// <summary>Sessions left the channel. A reconnect within the server's grace time is no leaving.</summary>
    public sealed record Left(string Channel, ImmutableArray<Member> Members, long? Revision) : ChannelEvent(Channel);

    /// <summary>Sessions show something else of themselves.</summary>
    public sealed record Changed(string Channel, ImmutableArray<Member> Members, long? Revision) : ChannelEvent(Channel);

    /// <summary>The whole presence at once: after a subscribe, a resume, or when changes were missed. Replaces what was known.</summary>
    /// <param name="Channel">The channel.</param>
    /// <param name="Members">Everybody; empty when the server only counts (large channels).</param>
    /// <param name="Count">How many there are.</param>
    /// <param name="Revision">The presence revision this is the state of.</param>
    public sealed record Roster(string Channel, ImmutableArray<Member> Members, long Count, long? Revision) : ChannelEvent(Channel);

    /// <summary>The subscription stands: the first time, and again after each reconnect.</summary>
    /// <param name="Channel">The channel.</param>
    /// <param name="Position">The stream goes on after it; null where the channel keeps no log.</param>
    /// <param name="Head">The log's end at that moment: up to here is replay, after it live.</param>
    /// <param name="Recovered">Whether the log still reached back to the position asked for; null when none was.</param>
    public sealed record Subscribed(string Channel, Position? Position, Position? Head, bool? Recovered) : ChannelEvent(Channel);

    /// <summary>The subscription ended; nothing follows.</summary>
    /// <param name="Channel">The channel.</param>
    /// <param name="Reason">The server's reason; null when the application ended it.</param>
    public sealed record Unsubscribed(string Channel, string? Reason) : ChannelEvent(Channel);
}
