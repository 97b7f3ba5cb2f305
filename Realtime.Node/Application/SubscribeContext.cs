using System.Text.Json;

namespace Realtime.Node.Application;

/// <summary>A session that wants to subscribe to a channel, or that has come back with its subscription. The rules of the namespace allow it.</summary>
/// <param name="Session">Public id of the session.</param>
/// <param name="User">Null: nobody has said who it is.</param>
/// <param name="Presence">What it wants to show of itself there.</param>
public sealed record SubscribeContext(string Session, string? User, string Channel, JsonElement? Presence);
