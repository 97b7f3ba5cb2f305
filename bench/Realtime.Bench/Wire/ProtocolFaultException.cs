namespace Realtime.Bench.Wire;

/// <summary>The server said something the protocol does not allow: the connection it came on is given up and counted.</summary>
internal sealed class ProtocolFaultException(string message) : Exception(message);
