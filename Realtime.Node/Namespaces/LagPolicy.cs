namespace Realtime.Node.Namespaces;

/// <summary>What happens to a reader whose queue is full.</summary>
public enum LagPolicy
{
    /// <summary>It keeps its position and pulls from the log at its own pace; nothing is lost while history reaches back.</summary>
    Catchup = 1,

    /// <summary>Only the newest message waits for it; what lay between is reported with <c>prev</c>.</summary>
    Latest = 2,

    /// <summary>Messages are dropped and reported with a gap of reason <c>lagged</c>.</summary>
    Drop = 3,

    /// <summary>The connection is closed; the session may resume.</summary>
    Close = 4,
}
