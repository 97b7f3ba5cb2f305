using System.Text.Json;

namespace Realtime.Tests.Clients;

/// <summary>A page of a channel's log.</summary>
/// <param name="Data">The data of the messages, in the order asked for.</param>
/// <param name="Position">Where the next page starts.</param>
/// <param name="More">Whether there is one.</param>
public sealed record DriverPage(IReadOnlyList<JsonElement> Data, string? Position, bool More);
