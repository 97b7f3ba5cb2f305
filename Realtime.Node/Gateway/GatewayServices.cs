using Realtime.Messages.Ids;
using Realtime.Node.Auth;

namespace Realtime.Node.Gateway;

/// <summary>What a node answers <c>GET /v1/gateway</c> from.</summary>
/// <param name="Load">Connections of this node now.</param>
internal sealed record GatewayServices(ICluster Cluster, Func<int> Load, ConnectTickets Tickets, ResumeTokens ResumeTokens, WaitingRoom Room)
{
    public GatewayDesk Desk(bool isServing) => new(Tickets, ResumeTokens, Room, session => Choose(session, isServing));

    private GatewayChoice Choose(SessionId? session, bool isServing)
    {
        var view = Cluster.View;
        var self = Cluster.Self;
        if (session is { } known && GatewayRouting.OwnerOf(view, known) is { } owner && (owner.Profile.Name != self || isServing))
        {
            return new GatewayChoice.Named(owner);
        }

        // A node that stops says so to the cluster a moment later than it knows itself.
        if (GatewayRouting.MostRoom(view, isServing ? default : self, (self, Load()), GatewayDesk.Draw(), GatewayDesk.Draw()) is { } node)
        {
            return new GatewayChoice.Named(node);
        }

        // Clients cannot choose a node here. What brought them to this one brings them to any that serves, and this one does or does not.
        return isServing ? new GatewayChoice.Anywhere(null) : new GatewayChoice.Nowhere("The node is stopping.");
    }
}
