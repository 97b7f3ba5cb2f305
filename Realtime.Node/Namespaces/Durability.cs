namespace Realtime.Node.Namespaces;

/// <summary>What an acknowledged publish survives (README, guarantees).</summary>
public enum Durability
{
    /// <summary>Process kill, OS crash and power loss of any node.</summary>
    Journal = 1,

    /// <summary>Anything but the loss of the owning node; that loss is a new epoch, so an explicit gap.</summary>
    Memory = 2,

    /// <summary>Nothing is kept: at most once, for cursors and typing.</summary>
    None = 3,
}
