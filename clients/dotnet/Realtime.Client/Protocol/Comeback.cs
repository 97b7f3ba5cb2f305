namespace Realtime.Client.Protocol;

/// <summary>When to come back after a goodbye: at a random moment of the window that opens <paramref name="After"/> from now.</summary>
internal readonly record struct Comeback(TimeSpan After, TimeSpan Within);
