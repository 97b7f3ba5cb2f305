namespace Realtime.Client;

/// <summary>The server's word before it closes a connection.</summary>
/// <param name="Code">The close code: 4000–4099 reconnect, 4100–4199 resume at once elsewhere, 4200–4299 final.</param>
/// <param name="Reason">Why, as a name: <c>superseded</c>, <c>drain</c> …</param>
/// <param name="IsFinal">Whether the client is to stay away. Otherwise it comes back by itself.</param>
public sealed record GoodbyeNotice(int Code, string Reason, bool IsFinal);
