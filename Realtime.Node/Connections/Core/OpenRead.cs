using Realtime.Messages.Channels;
using Realtime.Messages.Ids;

namespace Realtime.Node.Connections.Core;

/// <summary>A history or presence request of the client.</summary>
internal sealed class OpenRead(ChannelRequest request, long clientId)
{
    public ChannelRequest Request => request;

    public ChannelName Channel => request.Channel;

    public long ClientId => clientId;

    /// <summary>When it was first sent, monotonic milliseconds.</summary>
    public long Since { get; set; }

    public long Due { get; set; }

    public int Repeats { get; set; }
}
