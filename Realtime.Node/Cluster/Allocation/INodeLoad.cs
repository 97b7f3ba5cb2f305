namespace Realtime.Node.Cluster.Allocation;

/// <summary>What changes about a node and other rooms know. Read once a second.</summary>
public interface INodeLoad
{
    /// <summary>Connections of clients, at present.</summary>
    int Connections { get; }

    /// <summary>Where it listens to operators; null: it does not, or not yet.</summary>
    string? OperatorUrl { get; }
}
