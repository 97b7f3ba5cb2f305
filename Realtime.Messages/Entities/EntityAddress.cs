using Realtime.Messages.Ids;

namespace Realtime.Messages.Entities;

/// <summary>An entity by kind and key; where it lives follows from the key's shard.</summary>
public readonly record struct EntityAddress(EntityKind Kind, string Key)
{
    public static EntityAddress Of(ChannelName channel) => new(EntityKind.Channel, channel.Value);

    public static EntityAddress Of(SessionId session) => new(EntityKind.Session, session.ToString());
}
