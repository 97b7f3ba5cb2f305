namespace Realtime.Node.Telemetry.Metrics;

/// <summary>Whose limit it is.</summary>
public enum LimitScope
{
    Connection = 1,
    User = 2,

    /// <summary>An IPv4 address, or the first 64 bits of an IPv6 address.</summary>
    Address = 3,

    /// <summary>An API key.</summary>
    Key = 4,

    /// <summary>All that have not said who they are, together.</summary>
    Unauthenticated = 5,
}
