using Realtime.Messages.Ids;
using Realtime.Node.Auth;

namespace Realtime.Node.Gateway;

/// <summary>What a node answers <c>GET /v1/gateway</c> from.</summary>
/// <param name="ClientUrl">Null: clients cannot choose a node; what brought them to this one brings them here again.</param>
internal sealed record GatewayServices(NodeId Self, string? ClientUrl, ConnectTickets Tickets, WaitingRoom Room)
{
    public GatewayDesk Desk(bool isServing) => new(Tickets, Room, Choose(isServing));

    private GatewayChoice Choose(bool isServing) => (isServing, ClientUrl) switch
    {
        (false, _) => new GatewayChoice.Nowhere("The node is stopping."),
        (true, { } url) => new GatewayChoice.Named(Self, url),
        (true, null) => new GatewayChoice.Anywhere(),
    };
}
