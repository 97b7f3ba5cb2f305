namespace Realtime.Lighthouse;

/// <summary>Who may read the cluster's state.</summary>
internal enum Audience
{
    /// <summary>Programs on this machine that did not come through a proxy.</summary>
    Loopback = 1,

    Everyone = 2,
}
