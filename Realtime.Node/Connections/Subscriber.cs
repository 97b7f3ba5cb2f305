using Realtime.Messages.Frames;
using Realtime.Messages.Ids;
using Realtime.Messages.Positions;
using Realtime.Node.Codecs;
using Realtime.Node.Connections.Core;

namespace Realtime.Node.Connections;

/// <summary>One connection's subscription to one channel, as the channel's feed holds it. Changed on the feed's turn only.</summary>
internal sealed class Subscriber(ChannelName channel, SessionId session, bool keepsLog, Outbound outbound, IFrameCodec codec, ISubscriptionOwner owner)
{
    public ChannelName Channel => channel;

    public SessionId Session => session;

    public SubscriberCursor Cursor { get; } = new(session, keepsLog);

    public ISubscriptionOwner Owner => owner;

    public IFrameCodec Codec => codec;

    public Outbound Outbound => outbound;

    /// <summary>Place in the feed's list; -1 when not in it.</summary>
    public int Index { get; set; } = -1;

    /// <summary>Where it wants to begin, until it is located.</summary>
    public StartFrom? Wish { get; set; }

    /// <summary>To be told before anything else.</summary>
    public GapNotice? Gap { get; set; }

    /// <summary>Revision of the presence the client knows; older than the feed's: it needs a roster.</summary>
    public long PresenceRevision { get; set; } = -1;

    /// <summary>Messages that wait under the lag policy `latest`, newest per conflation key.</summary>
    public Conflation? Conflation { get; set; }

    public bool TrySend(EncodedFrames frames) => outbound.TryEnqueue(frames);

    public void SendControl(ServerFrame frame)
    {
        if (!outbound.EnqueueControl(EncodedFrames.Of(codec, frame)))
        {
            owner.OnTooSlow();
        }
    }
}
