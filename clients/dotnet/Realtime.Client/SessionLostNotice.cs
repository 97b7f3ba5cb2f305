namespace Realtime.Client;

/// <summary>
/// The session could not be resumed, and a new one began. Subscriptions are made again with their positions (a gap tells
/// what cannot be replayed); session state set with <see cref="RealtimeClient.SetAsync"/> is gone.
/// </summary>
/// <param name="Previous">The resume token that was refused.</param>
/// <param name="Current">The new one.</param>
public sealed record SessionLostNotice(string Previous, string Current);
