using Realtime.Messages.Ids;

namespace Realtime.Cluster.Links;

/// <summary>
/// Takes what comes over the links. Calls for one peer come one at a time, and always in this order: up, frames, reset, up again. Must not block.
/// </summary>
public interface ILinkReceiver
{
    void OnFrame(Incarnation from, LinkFrame frame);

    /// <summary>
    /// The streams to and from this peer stand: frames are taken from now on. Whatever it sends can be answered, unless a reset comes at both ends.
    /// </summary>
    void OnUp(Incarnation peer);

    /// <summary>
    /// A stream to or from this peer was lost, and with it an unknown tail of what was sent. Nothing sent before will come after this; the peer
    /// is told the same.
    /// </summary>
    void OnReset(Incarnation peer);

    /// <summary>
    /// A node of this cluster, newer than any in the view, wants to open a stream: the view is behind. It is refused and soon tries again.
    /// Calls of this kind come at any time.
    /// </summary>
    void OnStranger(Incarnation peer)
    {
    }
}
