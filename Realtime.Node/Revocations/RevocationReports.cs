using Realtime.Node.Telemetry;

namespace Realtime.Node.Revocations;

/// <summary>The lines about revocations.</summary>
internal sealed partial class RevocationReports(ILogger<RevocationReports> logger)
{
    [LoggerMessage(LogEvents.RevocationsNotRead, LogLevel.Warning, "What was revoked since cannot be read ({Why}). What is known stays; later revocations count when it can be read again")]
    public partial void NotRead(string why);

    [LoggerMessage(LogEvents.RevocationsReadAgain, LogLevel.Information, "What was revoked is read again")]
    public partial void ReadAgain();

    /// <summary>No name: who was revoked stands in the audit and in the log of revocations.</summary>
    [LoggerMessage(LogEvents.Revoked, LogLevel.Information, "A {Kind} was revoked")]
    public partial void Revoked(string kind);
}
