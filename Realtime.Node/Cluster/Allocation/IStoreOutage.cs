namespace Realtime.Node.Cluster.Allocation;

/// <summary>Whether the store can be reached: without it an entity that moves cannot be read back where it goes.</summary>
public interface IStoreOutage
{
    bool IsOut { get; }
}
