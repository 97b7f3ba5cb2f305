using System.Text.Json;

namespace Realtime.Node.Application;

/// <summary>A message that a client wants to publish. The rules of the namespace allow it.</summary>
/// <param name="Session">Public id of the session.</param>
/// <param name="User">Null: nobody has said who it is.</param>
/// <param name="Data">The message; null when it is bytes.</param>
/// <param name="Bytes">The message when it is no JSON.</param>
public sealed record PublishContext(
    string Session, string? User, string Channel, JsonElement? Data, ReadOnlyMemory<byte>? Bytes, IReadOnlyList<KeyValuePair<string, string>> Tags);
