using Realtime.Messages.Ids;

namespace Realtime.Node.Connections;

/// <summary>The parts of a connection that its actor shares with its parent and its transport.</summary>
/// <param name="Lease">Of its socket; null: it is not counted.</param>
internal sealed record HostedConnection(ConnectionId Id, ConnectionLink Link, ConnectionStatus Status, ReadAhead ReadAhead, SocketLease? Lease);
