using Realtime.Cluster.Membership;
using Realtime.Messages.Ids;
using Realtime.Node.Auth;
using Realtime.Node.Gateway;

namespace Realtime.Lighthouse;

/// <summary>What the lighthouse answers <c>GET /v1/gateway</c> from: the view it saw last, however old.</summary>
internal sealed class GatewaySource(ViewFollower follower, LighthouseConfiguration configuration, TimeProvider time)
{
    private readonly WaitingRoom _room = new(
        configuration.Options.GatewayRequests, 4.0 * configuration.Options.GatewayRequests, GatewayEndpoint.Patience);

    public GatewayDesk? Desk() => follower.Seen is not { } seen ? null : new GatewayDesk(
        seen.Tickets, seen.ResumeTokens, _room, session => Choose(seen.View, session), Spread.Of(time.GetElapsedTime(seen.SeenAt)));

    private GatewayChoice Choose(ClusterView view, SessionId? session)
    {
        if (session is { } known && GatewayRouting.OwnerOf(view, known) is { } owner)
        {
            return new GatewayChoice.Named(owner);
        }

        if (GatewayRouting.MostRoom(view, default, null, GatewayDesk.Draw(), GatewayDesk.Draw()) is { } node)
        {
            return new GatewayChoice.Named(node);
        }

        return configuration.Options.ClientUrl is { } url
            ? new GatewayChoice.Anywhere(url)
            : new GatewayChoice.Nowhere("No node can be named.");
    }
}
