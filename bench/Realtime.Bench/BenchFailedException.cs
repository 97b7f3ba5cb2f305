namespace Realtime.Bench;

/// <summary>A run whose figure would be worth nothing: sessions missing, messages undelivered, the server gone.</summary>
internal sealed class BenchFailedException(string message) : Exception(message);
