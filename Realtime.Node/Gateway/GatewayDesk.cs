using Realtime.Messages.Ids;
using Realtime.Node.Auth;

namespace Realtime.Node.Gateway;

/// <summary>What <see cref="GatewayEndpoint"/> answers one request from.</summary>
/// <param name="Choose">Where a client is sent, given the session that it proved to have, if any.</param>
public sealed record GatewayDesk(ConnectTickets Tickets, ResumeTokens ResumeTokens, WaitingRoom Room, Func<SessionId?, GatewayChoice> Choose);
