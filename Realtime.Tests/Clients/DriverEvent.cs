using System.Text.Json;

namespace Realtime.Tests.Clients;

/// <summary>What a subscription yields, in the words of the wire.</summary>
/// <param name="Type"><c>message</c>, <c>gap</c>, <c>joined</c>, <c>left</c>, <c>changed</c>, <c>roster</c>; confirmations are not told.</param>
/// <param name="Position">Of a message or a gap.</param>
/// <param name="Data">Of a message.</param>
/// <param name="Reason">Of a gap.</param>
/// <param name="Members">What the members concerned show of themselves; empty for messages and gaps.</param>
public sealed record DriverEvent(string Type, string? Position, JsonElement? Data, string? Reason, IReadOnlyList<JsonElement> Members);
