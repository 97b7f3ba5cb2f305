namespace Realtime.Node.Feeds;

/// <summary>Waits for room in an <see cref="OutboundQueue"/>.</summary>
internal interface IRoomListener
{
    /// <summary>Half of the queue is free again. Called once for each time it waited, on any thread; must not block.</summary>
    void OnRoom();
}
