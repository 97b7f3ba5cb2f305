using Realtime.Node.Telemetry.Metrics;

namespace Realtime.Node.Connections.Core;

/// <summary>A request is over a limit.</summary>
/// <param name="RetryAfter">Milliseconds.</param>
/// <param name="IsFlood">Those that share the limit go on after they were told.</param>
internal readonly record struct Limited(LimitScope Scope, LimitKind Kind, int RetryAfter, bool IsFlood)
{
    public string Text => $"too many {(Kind is LimitKind.Bytes ? "bytes" : "requests")} per second" + Scope switch
    {
        LimitScope.User => " from this user",
        LimitScope.Address => " from this address",
        _ => "",
    };
}
