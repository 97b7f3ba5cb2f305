using Microsoft.Extensions.Logging;

namespace Realtime.Node.Connections;

/// <summary>What connections log; numbers 7000–7099.</summary>
internal sealed partial class ConnectionLogging(ILogger<ConnectionLogging> logger)
{
    [LoggerMessage(7002, LogLevel.Error, "Connection {Connection} failed and is closed")]
    public partial void ConnectionFailed(long connection, Exception failure);

    [LoggerMessage(7003, LogLevel.Debug, "Connection {Connection} closed with {Code} ({Reason})")]
    public partial void ConnectionClosed(long connection, int code, string reason);

    [LoggerMessage(7004, LogLevel.Warning, "Connection {Connection} could not be sent to")]
    public partial void SendFailed(long connection, Exception failure);
}
