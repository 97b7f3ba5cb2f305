using Realtime.Cluster.Sharding;
using Realtime.Messages.Entities;
using Realtime.Messages.Ids;

namespace Realtime.Node.Channels;

/// <summary>Makes channels.</summary>
internal sealed class ChannelKind(ChannelServices services) : IEntityKind
{
    public EntityKind Kind => EntityKind.Channel;

    public void Count(int change) => services.Figures.CountChannel(change);

    public Entity Create(EntityAddress address, IEntityHost host, ReadOnlyMemory<byte>? import) =>
        import is null && !services.Namespaces.TryFind(ChannelName.FromStore(address.Key), out _)
            ? new UnknownChannel(address, host)
            : new ChannelEntity(address, host, services, import);
}
