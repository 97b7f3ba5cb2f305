namespace Realtime.Client;

/// <summary>Where the client stands, and why.</summary>
/// <param name="State">The state.</param>
/// <param name="Reason">Why it is not connected: what came of the last attempt or connection. Null when connected, and before the first attempt has failed.</param>
/// <param name="RetryIn">When <see cref="ClientState.Waiting"/>: how long until the next attempt.</param>
public sealed record StateNotice(ClientState State, StateReason? Reason = null, TimeSpan? RetryIn = null);
