namespace Realtime.Node.Hosting.Configuration;

/// <summary>What a process is in its cluster.</summary>
public enum ProgramRole
{
    /// <summary>Takes clients, and holds sessions and channels.</summary>
    Node = 1,

    /// <summary>A member that others join at and clients ask where to connect. Holds nothing.</summary>
    Lighthouse = 2,
}
