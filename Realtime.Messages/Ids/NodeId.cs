namespace Realtime.Messages.Ids;

/// <summary>A node by its configured name; stable over restarts.</summary>
public readonly record struct NodeId(string Name)
{
    public override string ToString() => Name;
}
