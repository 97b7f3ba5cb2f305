using Realtime.Messages.Ids;
using Realtime.Messages.Positions;

namespace Realtime.Messages.Entities;

/// <summary>One subscription as its session tells an operator.</summary>
/// <param name="Position">Acked, or where it began; null where the namespace keeps no log.</param>
/// <param name="IsPresent">It shows itself to others on this channel.</param>
/// <param name="ByServer">Made by the server, not asked for.</param>
public sealed record SubscriptionAccount(ChannelName Channel, StreamPosition? Position, bool IsPresent, bool ByServer);
