using Realtime.Messages.Ids;

namespace Realtime.Node.Connections;

/// <summary>The parts of a connection that its actor shares with its parent and its transport.</summary>
internal sealed record HostedConnection(ConnectionId Id, ConnectionLink Link, ConnectionStatus Status, ReadAhead ReadAhead);
