using Realtime.Node.Connections.Core;

namespace Realtime.Node.Connections;

/// <summary>Opens connections for the transports.</summary>
public interface IClientConnections
{
    /// <param name="claimsResume">It was let in as one that comes back.</param>
    /// <param name="lease">Of the socket, which the caller ends with it; null: it is not counted.</param>
    ValueTask<IClientConnection> OpenAsync(IClientLink link, bool claimsResume = false, ClientAddress address = default, SocketLease? lease = null);
}
