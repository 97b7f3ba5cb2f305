using Microsoft.Extensions.Logging;
using Realtime.Cluster.Telemetry;

namespace Realtime.Node.Sessions;

/// <summary>What sessions log; numbers 5000–5099.</summary>
internal sealed partial class SessionLogging(ILogger<SessionLogging> logger)
{
    [LoggerMessage(LogEvents.SessionNotLoaded, LogLevel.Warning, "A session cannot be loaded")]
    public partial void SessionCannotLoad(Exception failure);

    [LoggerMessage(LogEvents.SessionNotImported, LogLevel.Error, "What another node handed over of a session cannot be read; the session is loaded from the store, and its connection has to announce itself")]
    public partial void SessionCannotImport(Exception failure);

    [LoggerMessage(LogEvents.OrphanPageFailed, LogLevel.Warning, "Sessions whose node went down cannot be looked through now; tried again in {Pause} s")]
    public partial void OrphanPageFailed(Exception failure, int pause);

    [LoggerMessage(LogEvents.OrphansUnanswered, LogLevel.Warning, "{Sessions} sessions whose node went down did not answer; tried again in {Pause} s")]
    public partial void OrphansUnanswered(int sessions, int pause);
}
