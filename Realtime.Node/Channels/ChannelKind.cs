using Realtime.Cluster.Sharding;
using Realtime.Messages.Entities;

namespace Realtime.Node.Channels;

/// <summary>Makes channels.</summary>
internal sealed class ChannelKind(ChannelServices services) : IEntityKind
{
    public EntityKind Kind => EntityKind.Channel;

    public Entity Create(EntityAddress address, IEntityHost host, ReadOnlyMemory<byte>? import) =>
        new ChannelEntity(address, host, services, import);
}
