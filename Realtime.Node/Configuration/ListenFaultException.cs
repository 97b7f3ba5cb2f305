using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;

namespace Realtime.Node.Configuration;

/// <summary>A program cannot listen where it should.</summary>
/// <param name="cause">What the system said.</param>
public sealed class ListenFaultException(ListeningAddress at, Exception cause) : IOException(Explain(at, cause), cause)
{
    public int ExitCode { get; } = IsInUse(cause) ? ExitCodes.PortInUse : ExitCodes.CannotListen;

    private static string Explain(ListeningAddress at, Exception cause) => IsInUse(cause)
        ? $"Cannot listen on {at.Address}:{at.Port}: the port is in use. Stop the program that has it, or choose another with {at.Option}."
        : $"Cannot listen on {at.Address}:{at.Port}: {cause.GetBaseException().Message}";

    private static bool IsInUse(Exception cause) =>
        cause.GetBaseException() is AddressInUseException or SocketException { SocketErrorCode: SocketError.AddressAlreadyInUse };
}
