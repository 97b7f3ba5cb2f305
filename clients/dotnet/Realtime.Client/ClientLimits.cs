namespace Realtime.Client;

/// <summary>What the server lets one session do, as its <c>welcome</c> said.</summary>
/// <param name="MessageBytes">Largest payload of a message.</param>
/// <param name="FrameBytes">Largest frame; the client refuses a larger request itself (<c>too_large</c>).</param>
/// <param name="Subscriptions">Most channels at a time.</param>
/// <param name="Inflight">Most publishes without an answer; the client holds the others back.</param>
/// <param name="SequenceWindow">How long the server remembers which publishes it has seen.</param>
public sealed record ClientLimits(long MessageBytes, long FrameBytes, int Subscriptions, int Inflight, TimeSpan SequenceWindow);
