using System.Text.Json;

namespace Realtime.Messages.Operators;

/// <summary>Messages after a position, oldest first: <c>GET /operator/v1/channels/{name}/messages</c>.</summary>
/// <param name="Position">What to give as <c>after</c> for what follows.</param>
/// <param name="Gap">Why messages before the first one are missing; null: nothing is.</param>
public sealed record ChannelMessages(IReadOnlyList<ChannelMessages.Item> Messages, string? Position, string? Gap)
{
    public sealed record Item(string Position, DateTimeOffset At, string? User, JsonElement Data);
}
