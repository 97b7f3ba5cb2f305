using Realtime.Messages.Cluster;

namespace Realtime.Node.Cluster.Allocation;

/// <summary>The names of the kinds of entities, for sharding and for people.</summary>
public static class ShardKinds
{
    public static IReadOnlyList<EntityKind> All { get; } = [EntityKind.Session, EntityKind.Channel];

    public static string Name(this EntityKind kind) => kind is EntityKind.Session ? "session" : "channel";
}
