using Microsoft.Extensions.Logging;

namespace Realtime.Node.Sessions;

/// <summary>What sessions log; numbers 5000–5099.</summary>
internal sealed partial class SessionLogging(ILogger<SessionLogging> logger)
{
    [LoggerMessage(5001, LogLevel.Warning, "A session cannot be loaded")]
    public partial void SessionCannotLoad(Exception failure);
}
