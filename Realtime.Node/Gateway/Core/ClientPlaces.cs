using System.Collections.Immutable;
using Realtime.Messages.Ids;
using Realtime.Node.Persistence;

namespace Realtime.Node.Gateway.Core;

/// <summary>
/// Where clients can be sent, and which of these places each session lives at, as of one moment. Being on the node that a session lives on is an optimisation; every other one serves the
/// client as well.
/// </summary>
/// <param name="Open">Nodes that take clients: up, heard of lately, not draining, with an address of their own.</param>
/// <param name="Homes">For each shard of sessions the node that holds it; none: nobody, or nobody that is known.</param>
public sealed record ClientPlaces(ImmutableArray<ClientPlace> Open, ImmutableArray<NodeId> Homes)
{
    public static ClientPlaces None { get; } = new([], []);

    /// <summary>The node that a session lives on; null while that is nobody that clients can be sent to.</summary>
    public ClientPlace? HomeOf(SessionId session) =>
        Homes.IsEmpty ? null : Find(Homes[EntityShards.Number(EntityIds.Of(session)) % Homes.Length]);

    public ClientPlace? Find(NodeId node)
    {
        foreach (var place in Open)
        {
            if (place.Node == node)
            {
                return place;
            }
        }

        return null;
    }

    /// <summary>Whether everybody belongs where they belonged by the other one: loads alone differ.</summary>
    public bool SendsAs(ClientPlaces other)
    {
        if (ReferenceEquals(this, other))
        {
            return true;
        }

        return Homes.AsSpan().SequenceEqual(other.Homes.AsSpan())
            && Open.Length == other.Open.Length
            && Open.Zip(other.Open).All(pair => pair.First with { Load = 0 } == pair.Second with { Load = 0 });
    }
}
