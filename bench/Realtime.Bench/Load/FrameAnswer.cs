namespace Realtime.Bench.Load;

/// <summary>What a text message asks the client to send back at once.</summary>
internal enum FrameAnswer
{
    Nothing,
    Pong,
    Subscribe,
}
