using Realtime.Messages.Ids;
using Realtime.Messages.Positions;

namespace Realtime.Messages.Entities;

/// <summary>One subscription as the session remembers it.</summary>
/// <param name="Position">Acked position, or where it began; null where the namespace keeps no log.</param>
/// <param name="Presence">What others see; null: not announced.</param>
/// <param name="ByServer">Made by the server, not asked for.</param>
public sealed record SessionSubscription(ChannelName Channel, StreamPosition? Position, Payload? Presence, bool ByServer = false)
{
    /// <summary>Until when a subscription token speaks for it, milliseconds since 1970; null: none does.</summary>
    public long? TokenUntil { get; init; }
}
