namespace Realtime.Node.Auth;

/// <summary>What a connect ticket is worth. Anything but <see cref="Valid"/> is treated as no ticket.</summary>
public enum TicketVerdict
{
    None,
    Valid,

    /// <summary>Not signed by this store for this node: made up, or meant for another.</summary>
    Forged,
    Early,
    Expired,
    Used,
}
