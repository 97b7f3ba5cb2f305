using Realtime.Node.Auth;

namespace Realtime.Node.Gateway;

/// <summary>What <see cref="GatewayEndpoint"/> answers one request from.</summary>
/// <param name="Choice">Where clients are sent now.</param>
public sealed record GatewayDesk(ConnectTickets Tickets, WaitingRoom Room, GatewayChoice Choice);
