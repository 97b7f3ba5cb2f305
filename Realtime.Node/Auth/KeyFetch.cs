namespace Realtime.Node.Auth;

/// <summary>How a fetch of keys ended.</summary>
/// <param name="Keys">How many there are now.</param>
/// <param name="Fault">Null: they are those of the provider now; else why those from before stay.</param>
/// <param name="IsFirst">Of this provider, in this life of the node.</param>
public readonly record struct KeyFetch(int Keys, string? Fault, bool IsFirst);
