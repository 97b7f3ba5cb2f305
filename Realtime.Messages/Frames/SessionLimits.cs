namespace Realtime.Messages.Frames;

/// <summary>What the server allows one session; told in <c>welcome</c>.</summary>
/// <param name="MessageBytes">Largest payload of one message, bytes.</param>
/// <param name="FrameBytes">Largest frame (transport message), bytes.</param>
/// <param name="Subscriptions">Most channels at once.</param>
/// <param name="InFlight">Most publishes without an answer.</param>
/// <param name="SequenceWindow">How long sequence numbers are remembered at least, seconds.</param>
public sealed record SessionLimits(int MessageBytes, int FrameBytes, int Subscriptions, int InFlight, int SequenceWindow);
