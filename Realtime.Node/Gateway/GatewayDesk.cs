using System.Security.Cryptography;
using Realtime.Messages.Ids;

namespace Realtime.Node.Gateway;

/// <summary>What <see cref="GatewayEndpoint"/> answers one request from.</summary>
/// <param name="Choose">Given the session that the client proved to have, if any.</param>
/// <param name="Spread">Clients wait at random up to this much longer, milliseconds: for when the answer may be out of date.</param>
public sealed record GatewayDesk(
    ConnectTickets Tickets, ResumeTokens ResumeTokens, WaitingRoom Room, Func<SessionId?, GatewayChoice> Choose, int Spread = 0)
{
    /// <summary>Random, 0 to below 1: what <see cref="GatewayRouting.MostRoom"/> wants to be given.</summary>
    public static double Draw() => RandomNumberGenerator.GetInt32(int.MaxValue) / (double)int.MaxValue;
}
