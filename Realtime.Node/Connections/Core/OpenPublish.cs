using Realtime.Messages.Channels;
using Realtime.Messages.Ids;

namespace Realtime.Node.Connections.Core;

/// <summary>A publish of the client that is not answered.</summary>
/// <param name="request">As it is sent, except for the predecessor.</param>
/// <param name="since">Monotonic milliseconds.</param>
/// <param name="isOrdered">It is numbered, on a channel with a log.</param>
internal sealed class OpenPublish(ChannelRequest.Publish request, long clientId, long since, bool isOrdered)
{
    public ChannelName Channel => request.Channel;

    public long Tag => request.Tag;

    public long ClientId => clientId;

    public long Since => since;

    public bool IsOrdered => isOrdered;

    public long? Sequence => request.Sequence;

    /// <summary>The number that was sent before it to its channel and was unanswered then. Null: none, or it is published.</summary>
    public long? Predecessor { get; set; }

    /// <summary>How often the channel has given it back.</summary>
    public int Returns { get; set; }

    /// <summary>When it is sent again after the channel gave it back.</summary>
    public long SendAt { get; set; }

    /// <summary>
    /// Copies that were sent and not given back. While there is another one, a refusal of this one says nothing for certain.
    /// </summary>
    public int Copies { get; set; }

    /// <summary>A copy to send.</summary>
    public ChannelRequest.Publish Copy()
    {
        Copies++;
        return Predecessor is null ? request : request with { Predecessor = Predecessor };
    }
}
