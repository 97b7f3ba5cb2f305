using System.Globalization;
using Realtime.Messages.Cluster;
using Realtime.Messages.Operators;
using Realtime.Node.Cluster.Allocation;
using Realtime.Node.Cluster.Core;
using Realtime.Node.Operations.Listener;

namespace Realtime.Node.Operations.Answers;

/// <summary>What a round of the coordinators found to do, in words: which shards go from where to where, or why none does.</summary>
internal static class RebalanceAnswer
{
    public static OperatorReply Of(IReadOnlyList<(EntityKind Kind, AllocationPlan Plan)> plans, ClusterSnapshot cluster)
    {
        var transfers = plans.SelectMany(plan => plan.Plan.Transfers.Select(transfer => (plan.Kind, Transfer: transfer))).ToList();
        if (transfers.Count == 0)
        {
            return OperatorReply.Done(WhyNone(plans, cluster));
        }

        var pairs = transfers
            .GroupBy(move => (From: NameOf(move.Transfer.From, cluster), To: NameOf(move.Transfer.To, cluster)!))
            .OrderBy(pair => pair.Key.From, StringComparer.Ordinal).ThenBy(pair => pair.Key.To, StringComparer.Ordinal)
            .Select(pair =>
            {
                var shards = string.Join(" and ", pair.GroupBy(move => move.Kind).OrderBy(kind => kind.Key).Select(kind => ShardsOf(kind.Key, kind.Select(move => move.Transfer.Shard))));
                return pair.Key.From is { } from
                    ? new ActionResult.OnNode(from, true, $"gives {shards} to {pair.Key.To}")
                    : new ActionResult.OnNode(pair.Key.To, true, $"is about to get {shards}");
            });
        return OperatorReply.Ok(new ActionResult(
            false, $"{(transfers.Count == 1 ? "1 shard moves" : $"{transfers.Count} shards move")}, at most {ShardAllocation.ChannelsUnderWay} of channels and {ShardAllocation.SessionsUnderWay} of sessions at a time.", [.. pairs]));
    }

    private static string WhyNone(IReadOnlyList<(EntityKind Kind, AllocationPlan Plan)> plans, ClusterSnapshot cluster)
    {
        var worst = plans.Select(plan => plan.Plan).MaxBy(plan => plan.Obstacle is AllocationObstacle.None ? 0 : 1)!;
        return "Nothing moves: " + worst.Obstacle switch
        {
            AllocationObstacle.None => "every node has its share of the shards that have an owner, and none is wanted elsewhere.",
            AllocationObstacle.OneNode => "there is one node.",
            AllocationObstacle.Unreachable =>
                $"{string.Join(", ", worst.Unreachable.Select(key => NameOf(key, cluster)).Distinct().Order(StringComparer.Ordinal))} cannot be reached, or says nothing of itself.",
            AllocationObstacle.NoneTakes => "no node takes shards: all are drained, stopping, or have only just come.",
            AllocationObstacle.StoreIsOut => "the store does not answer, so what moves could not be read back.",
            _ => throw new InvalidOperationException($"{worst.Obstacle} is no obstacle."),
        };
    }

    /// <summary>A member that has not said who it is goes by its address.</summary>
    private static string? NameOf(string? key, ClusterSnapshot cluster) =>
        cluster.Members.FirstOrDefault(member => member.Key.ToString() == key)?.Node?.Name ?? key;

    /// <summary>Such as <c>session shards 0-3, 17</c>.</summary>
    private static string ShardsOf(EntityKind kind, IEnumerable<string> shards)
    {
        var numbers = shards.Select(shard => int.Parse(shard, CultureInfo.InvariantCulture)).Order().ToList();

        // Of numbers that follow each other the difference to their place is the same.
        var ranges = numbers.Index().GroupBy(number => number.Item - number.Index, number => number.Item)
            .Select(range => range.Count() == 1 ? $"{range.First()}" : $"{range.First()}-{range.Last()}");
        return $"{kind.Name()} {(numbers.Count == 1 ? "shard" : "shards")} {string.Join(", ", ranges)}";
    }
}
