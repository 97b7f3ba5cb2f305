using System.Text.Json;

namespace Realtime.Client;

/// <summary>Somebody present in a channel: one session.</summary>
/// <param name="Session">The session's public name (not its resume token).</param>
/// <param name="User">Its user; null for an anonymous session.</param>
/// <param name="Data">What the session shows of itself (<see cref="SubscribeOptions.Presence"/>); null when it shows nothing.</param>
public sealed record Member(string Session, string? User, JsonElement? Data);
