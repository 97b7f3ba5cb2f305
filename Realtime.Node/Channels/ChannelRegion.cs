namespace Realtime.Node.Channels;

/// <summary>Key of the channels' shard region in the actor registry.</summary>
public sealed class ChannelRegion
{
    private ChannelRegion()
    {
    }
}
