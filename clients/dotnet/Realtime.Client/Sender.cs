namespace Realtime.Client;

/// <summary>Who published a message.</summary>
/// <param name="Session">The session's public name.</param>
/// <param name="User">Its user; null for an anonymous session.</param>
public sealed record Sender(string? Session, string? User);
