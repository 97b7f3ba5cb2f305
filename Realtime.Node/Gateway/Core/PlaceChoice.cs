using System.Collections.Immutable;
using Realtime.Messages.Ids;

namespace Realtime.Node.Gateway.Core;

/// <summary>Where a session goes that lives nowhere yet.</summary>
public static class PlaceChoice
{
    /// <summary>
    /// The one with more room of two picked at random (M. Mitzenmacher, "The Power of Two Choices in Randomized Load Balancing", 2001). Always taking the one with the most would send a
    /// whole herd to the same node, because loads are known as of a second ago.
    /// </summary>
    /// <param name="except">Not this one; none: any.</param>
    /// <param name="first">Random, 0 to below 1.</param>
    /// <param name="second">Random, 0 to below 1.</param>
    /// <returns>Null: clients cannot choose a node here; they go where the load balancer brings them.</returns>
    public static ClientPlace? MostRoom(ClientPlaces places, NodeId except, double first, double second)
    {
        var open = places.Open.RemoveAll(place => place.Node == except);
        var roomy = open.RemoveAll(place => place.Room <= 0);
        var candidates = roomy.IsEmpty ? open : roomy;
        return candidates switch
        {
            [] => null,
            [var only] => only,
            _ => Roomier(candidates, first, second),
        };
    }

    private static ClientPlace Roomier(ImmutableArray<ClientPlace> candidates, double first, double second)
    {
        // Two different ones: the second is picked among the others.
        var one = (int)(first * candidates.Length);
        var other = (one + 1 + (int)(second * (candidates.Length - 1))) % candidates.Length;
        return candidates[other].Room > candidates[one].Room ? candidates[other] : candidates[one];
    }
}
