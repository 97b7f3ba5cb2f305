namespace Realtime.Pbm.Checks;

internal enum Severity
{
    /// <summary>Worth knowing, and may be meant so.</summary>
    Note,

    /// <summary>Somebody should look at it by day.</summary>
    Warning,

    /// <summary>Promises are broken by it, or will be.</summary>
    Fault,
}
