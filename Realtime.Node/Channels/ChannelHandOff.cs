using Akka.Actor;

namespace Realtime.Node.Channels;

/// <summary>The channel's shard moves to another node: what is under way is finished, everything else is given back to its senders.</summary>
public sealed class ChannelHandOff : INoSerializationVerificationNeeded
{
    private ChannelHandOff()
    {
    }

    public static ChannelHandOff Instance { get; } = new();
}
