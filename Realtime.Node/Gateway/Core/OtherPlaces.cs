using System.Collections.Immutable;
using System.Text;
using Realtime.Messages.Ids;

namespace Realtime.Node.Gateway.Core;

/// <summary>
/// The other nodes that the clients of a node hear of. Each node names others of its own (rendezvous hashing: the weight of a pair is a hash of both names), so that all are named about equally often,
/// the clients of a lost node spread over several, and a node that comes or goes changes one name at most.
/// </summary>
internal static class OtherPlaces
{
    private const ulong Offset = 14695981039346656037;
    private const ulong Prime = 1099511628211;

    public static IEnumerable<ClientPlace> Named(ImmutableArray<ClientPlace> others, NodeId self, int most) =>
        others.OrderByDescending(place => Weight(self, place.Node)).ThenBy(place => place.Node.Name, StringComparer.Ordinal).Take(most);

    /// <summary>FNV-1a over both names, mixed: names differ in their last letters mostly.</summary>
    private static ulong Weight(NodeId self, NodeId other)
    {
        var hash = Offset;
        foreach (var part in Encoding.UTF8.GetBytes($"{self.Name}\0{other.Name}"))
        {
            hash = (hash ^ part) * Prime;
        }

        hash = (hash ^ (hash >> 33)) * 0xff51afd7ed558ccd;
        hash = (hash ^ (hash >> 33)) * 0xc4ceb9fe1a85ec53;
        return hash ^ (hash >> 33);
    }
}
