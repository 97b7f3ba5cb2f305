namespace Realtime.Node.Connections.Core;

/// <summary>What a connection has to know of the crowd around it.</summary>
public interface IArrivals
{
    /// <summary>Over how long clients come back after an unannounced loss of this node, milliseconds.</summary>
    int CrashWindow { get; }

    /// <summary>Some addresses where other nodes take clients.</summary>
    IReadOnlyList<string> Others { get; }

    /// <summary>It was let in as one that comes back, and is a newcomer: whether there is room for it as such.</summary>
    bool TryConvert();
}
