using System.Collections.Immutable;
using Realtime.Messages.Ids;

namespace Realtime.Node.Gateway.Core;

/// <summary>
/// The other nodes that the clients of a node hear of. Each node names others of its own (rendezvous hashing: the weight of a pair is a hash of both names), so that all are named about equally often,
/// the clients of a lost node spread over several, and a node that comes or goes changes one name at most.
/// </summary>
internal static class OtherPlaces
{
    public static IEnumerable<ClientPlace> Named(ImmutableArray<ClientPlace> others, NodeId self, int most) =>
        others.OrderByDescending(place => Weight(self, place.Node)).ThenBy(place => place.Node.Name, StringComparer.Ordinal).Take(most);

    private static ulong Weight(NodeId self, NodeId other) => StableHash.Of($"{self.Name}\0{other.Name}");
}
