using System.Security.Cryptography;
using System.Text.Json;
using Realtime.Messages.Entities;
using Realtime.Messages.Ids;
using Realtime.Messages.Operators;
using Realtime.Node.Persistence.Store;
using NodeStatus = Realtime.Messages.Operators.NodeStatus;
using RowStatus = Realtime.Cluster.Journal.NodeStatus;

namespace Realtime.Node.Operations.Listener;

/// <summary>
/// What a view alone says, in the words of the operators' API: all that a lighthouse knows. What goes on in nodes is not in it: whether a shard is on its way,
/// what is in memory, who answers.
/// </summary>
public static class ViewAnswers
{
    public static ShardMapReport Map(ClusterView view)
    {
        List<string> names = [.. view.Nodes.Select(row => row.Profile.Name.Name).Order(StringComparer.Ordinal)];
        var indices = view.Nodes.ToDictionary(row => row.Incarnation, row => names.IndexOf(row.Profile.Name.Name));
        return new ShardMapReport(view.Version, names, [.. view.Shards.Select(row => indices.GetValueOrDefault(row.Owner, -1))], [], []);
    }

    /// <summary>Of what is drawn: how long a move has been going on is told by every answer anew, and changes nothing.</summary>
    public static string TagOf(ShardMapReport map)
    {
        var still = map with { Moves = [.. map.Moves.Select(move => move with { ForMs = 0 })] };
        return $"\"{Convert.ToHexStringLower(SHA256.HashData(JsonSerializer.SerializeToUtf8Bytes(still, OperatorJson.Default.ShardMapReport)).AsSpan(0, 16))}\"";
    }

    public static ShardCounts Counts(ClusterView view) => new(view.ShardCount, view.Shards.Count(row => view.Find(row.Owner) is null), 0, 0);

    /// <summary>All nodes by their rows, ordered by name.</summary>
    public static IReadOnlyList<NodeStatus> Nodes(ClusterView view)
    {
        var owned = view.Shards.CountBy(shard => shard.Owner).ToDictionary();
        return [.. view.Nodes.OrderBy(row => row.Profile.Name.Name, StringComparer.Ordinal).Select(row => Node(row, owned.GetValueOrDefault(row.Incarnation)))];
    }

    /// <summary>One node by its row.</summary>
    /// <param name="shards">That it owns.</param>
    public static NodeStatus Node(NodeRow row, int shards) => new(
        row.Profile.Name.Name,
        row.Incarnation.Value,
        row.Status switch
        {
            RowStatus.Active => "active",
            RowStatus.Draining => shards > 0 ? "draining" : "drained",
            RowStatus.Dead => "dead",
            _ => throw new InvalidOperationException($"There is no status {row.Status}."),
        },
        Reachable: false,
        row.Profile.PeerAddress,
        row.Profile.ClientUrl,
        row.Profile.Zone,
        row.Profile.Capacity,
        row.Load,
        shards,
        null);

    public static ShardLocation Location(ClusterView view, EntityAddress address)
    {
        var shard = view.ShardOf(address);
        return new ShardLocation(
            address.Kind is EntityKind.Session ? "session" : "channel", address.Key, shard.Value, view.OwnerOf(shard)?.Profile.Name.Name, view[shard].Epoch);
    }

    public static ShardStatus Shard(ClusterView view, ShardPlan plan, ShardId shard)
    {
        var owner = view.OwnerOf(shard)?.Profile.Name.Name;
        return new ShardStatus(shard.Value, owner, view[shard].Epoch, plan.OwnerOf(view, shard), owner is null ? "free" : "here", null, null);
    }
}
