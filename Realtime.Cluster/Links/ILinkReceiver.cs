using Realtime.Messages.Ids;

namespace Realtime.Cluster.Links;

/// <summary>Takes what comes over the links. Calls for one peer come one at a time; must not block.</summary>
public interface ILinkReceiver
{
    void OnFrame(Incarnation from, LinkFrame frame);

    /// <summary>The stream to this peer stands: frames are taken from now on.</summary>
    void OnUp(Incarnation peer);

    /// <summary>A stream to or from this peer was lost, and with it an unknown tail of what was sent.</summary>
    void OnReset(Incarnation peer);
}
