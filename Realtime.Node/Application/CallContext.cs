using System.Text.Json;

namespace Realtime.Node.Application;

/// <summary>A request of a client to the application.</summary>
/// <param name="Session">Public id of the session.</param>
/// <param name="User">Null: nobody has said who it is.</param>
/// <param name="Data">Null: the client sent none.</param>
/// <param name="IdempotencyKey">
/// The same for every repeat of this call, on any node; null when the client did not number it. The server calls the application once for a key as long as it remembers it. A node that dies in the middle of a call
/// is the one case that only the application can tell, by this key: was it carried out?
/// </param>
public sealed record CallContext(string Session, string? User, string Method, JsonElement? Data, string? IdempotencyKey);
