using System.Security.Cryptography;
using Realtime.Messages.Ids;
using Realtime.Node.Auth;
using Realtime.Node.Gateway.Core;

namespace Realtime.Node.Gateway;

/// <summary>What <c>GET /v1/gateway</c> is answered from, at a node or a lighthouse.</summary>
/// <param name="Self">Not among the places once it stops; none at a lighthouse.</param>
/// <param name="ClientUrl">Of this node; null: clients cannot choose it.</param>
/// <param name="Load">Connections of this node now: newer than what its place says.</param>
internal sealed record GatewayServices(
    NodeId Self, string? ClientUrl, Func<ClientPlaces> Places, Func<int> Load, ConnectTickets Tickets, ResumeTokens ResumeTokens, WaitingRoom Room)
{
    public GatewayDesk Desk(bool isServing) => new(Tickets, ResumeTokens, Room, session => Choose(session, isServing));

    private GatewayChoice Choose(SessionId? session, bool isServing)
    {
        var places = Fresh(Places(), isServing);
        if (session is { } known && places.HomeOf(known) is { } home)
        {
            return new GatewayChoice.Named(home.Node, home.ClientUrl);
        }

        if (PlaceChoice.MostRoom(places, default, Draw(), Draw()) is { } place)
        {
            return new GatewayChoice.Named(place.Node, place.ClientUrl);
        }

        // Clients cannot choose a node here, or there is only this one. What brought them to it brings them here again.
        return (isServing, ClientUrl) switch
        {
            (false, _) => new GatewayChoice.Nowhere("The node is stopping."),
            (true, { } url) => new GatewayChoice.Named(Self, url),
            (true, null) => new GatewayChoice.Anywhere(),
        };
    }

    /// <summary>This node knows of itself what others hear a moment later.</summary>
    private ClientPlaces Fresh(ClientPlaces places, bool isServing)
    {
        if (places.Find(Self) is not { } self)
        {
            return places;
        }

        return places with { Open = isServing ? places.Open.Replace(self, self with { Load = Load() }) : places.Open.Remove(self) };
    }

    private static double Draw() => RandomNumberGenerator.GetInt32(int.MaxValue) / (double)int.MaxValue;
}
