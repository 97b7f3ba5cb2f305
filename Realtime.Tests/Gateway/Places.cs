using System.Collections.Immutable;
using Realtime.Messages.Ids;
using Realtime.Node.Gateway.Core;

namespace Realtime.Tests.Gateway;

/// <summary>Places whose shards are dealt out in turn.</summary>
internal static class Places
{
    public static ClientPlace Node(int number, int load = 0, int capacity = 100) =>
        new(new NodeId($"n{number}"), new Incarnation(number), $"ws://n{number}.test", capacity, load);

    public static ClientPlaces Of(params ClientPlace[] nodes) => Of(EntityShards.Count, nodes);

    public static ClientPlaces Of(int shards, params ClientPlace[] nodes) =>
        new([.. nodes], [.. Enumerable.Range(0, shards).Select(i => nodes[i % nodes.Length].Node)]);

    /// <summary>The same shards, without these nodes to send clients to.</summary>
    public static ClientPlaces Without(this ClientPlaces places, params ClientPlace[] nodes) => places with { Open = places.Open.RemoveRange(nodes) };

    /// <summary>Sessions that live there.</summary>
    public static IEnumerable<SessionId> SessionsOf(ClientPlaces places, ClientPlace node) =>
        Enumerable.Range(1, int.MaxValue - 1).Select(i => new SessionId((UInt128)i * 0x9E3779B97F4A7C15))
            .Where(session => places.Homes[EntityShards.Number(Realtime.Node.Persistence.EntityIds.Of(session)) % places.Homes.Length] == node.Node);
}
