using System.Collections.Immutable;
using Realtime.Messages.Cluster;
using Realtime.Messages.Ids;
using Realtime.Node.Cluster.Allocation;
using Realtime.Node.Cluster.Core;
using Realtime.Node.Gateway.Core;

namespace Realtime.Node.Gateway;

/// <summary>
/// Where clients can be sent, from the cluster as this process sees it. A node whose row stands still is named to no client, long before it is declared dead. Safe for all threads; to
/// be looked at once a second at least, because it notices what stands still.
/// </summary>
internal sealed class CurrentPlaces(ClusterMap map, TimeProvider time)
{
    /// <summary>Rows come once a second; two may be lost.</summary>
    public static readonly TimeSpan Silence = TimeSpan.FromSeconds(4);

    private readonly Lock _lock = new();
    private Dictionary<MemberKey, (long Number, long At)> _heard = [];
    private ClusterSnapshot? _seen;
    private ImmutableArray<NodeId> _homes = [];
    private ClientPlaces _places = ClientPlaces.None;

    public ClientPlaces Now()
    {
        lock (_lock)
        {
            var cluster = map.Current;
            if (!ReferenceEquals(cluster, _seen))
            {
                Hear(cluster);
                _homes = [.. Enumerable.Range(0, EntityShards.Count).Select(shard => cluster.OwnerOf(EntityKind.Session, new ShardId(shard))?.Node ?? default)];
                _seen = cluster;
            }

            return _places = Places(cluster) is var places && places.SendsAs(_places) && places.Open.AsSpan().SequenceEqual(_places.Open.AsSpan()) ? _places : places;
        }
    }

    private void Hear(ClusterSnapshot cluster)
    {
        var now = time.GetTimestamp();
        _heard = cluster.Members
            .Where(member => member.Row is not null)
            .ToDictionary(
                member => member.Key,
                member => _heard.TryGetValue(member.Key, out var known) && known.Number == member.Row!.Number ? known : (member.Row!.Number, now));
    }

    private ClientPlaces Places(ClusterSnapshot cluster) => new(
        [
            .. cluster.Members
                .Where(IsOpen)
                .Select(member => member.Row!)
                .OrderBy(row => row.Node.Name, StringComparer.Ordinal)
                .Select(row => new ClientPlace(row.Node, row.Incarnation, row.ClientUrl!, row.Capacity, row.Connections)),
        ],
        _homes);

    private bool IsOpen(MemberSnapshot member) =>
        member is { HoldsShards: true, IsReachable: true, IsDraining: false, Standing: MemberStanding.Up, Row.ClientUrl: not null }
        && time.GetElapsedTime(_heard[member.Key].At) < Silence;
}
