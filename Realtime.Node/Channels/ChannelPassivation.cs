using Akka.Actor;

namespace Realtime.Node.Channels;

/// <summary>The shard stops a channel that asked for it because it was idle.</summary>
public sealed class ChannelPassivation : INoSerializationVerificationNeeded
{
    private ChannelPassivation()
    {
    }

    public static ChannelPassivation Instance { get; } = new();
}
