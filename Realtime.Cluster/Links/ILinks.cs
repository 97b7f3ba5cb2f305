using Realtime.Cluster.Journal;
using Realtime.Messages.Ids;

namespace Realtime.Cluster.Links;

/// <summary>
/// One stream to every other node. A frame that was taken is delivered once and in order, unless the stream is lost: then both ends hear
/// of a reset, and whoever cares announces itself again.
/// </summary>
public interface ILinks : IAsyncDisposable
{
    /// <summary>Opens the listener.</summary>
    /// <returns>The port peers can dial.</returns>
    ValueTask<int> ListenAsync(CancellationToken cancellation = default);

    /// <summary>Who is there: dials those that are new and hangs up on those that are gone. Another <paramref name="self"/> ends all streams first.</summary>
    void Follow(Incarnation self, IReadOnlyList<NodeRow> nodes);

    /// <summary>Queues a frame.</summary>
    /// <returns>False: there is no stream now, or its queue is full; the frame was not taken.</returns>
    bool Send(Incarnation to, LinkFrame frame);

    bool IsUp(Incarnation peer);

    /// <summary>Bytes that were taken for it and not handed to its stream yet.</summary>
    long QueuedBytes(Incarnation peer);
}
