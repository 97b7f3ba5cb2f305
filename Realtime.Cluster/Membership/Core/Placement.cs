using System.Collections.Immutable;
using Realtime.Cluster.Journal;
using Realtime.Messages.Ids;

namespace Realtime.Cluster.Membership.Core;

/// <summary>
/// Where every shard belongs: at its first choice by rendezvous, but no node gets more than 1.15 times its fair share. Depends on
/// nothing but who takes shards (names and capacities), so all nodes come to the same, and a plan that was carried out leaves nothing to plan.
/// </summary>
/// <remarks>
/// Shards and nodes are matched by deferred acceptance (Gale and Shapley, 1962): a full node gives back the shard that scores least
/// with it, which then goes to its next choice. The result does not depend on the order of shards, so one newcomer moves little but what comes to it.
/// </remarks>
internal sealed class Placement
{
    private const double Slack = 1.15;

    private readonly ImmutableArray<Candidate> _nodes;
    private readonly int[] _targets;

    private Placement(ImmutableArray<Candidate> nodes, int shards)
    {
        _nodes = nodes;
        _targets = nodes.IsEmpty ? [] : Match(nodes, shards);
        ShardCount = shards;
    }

    public int ShardCount { get; }

    /// <summary>Whether there is anybody to place shards at.</summary>
    public bool IsEmpty => _nodes.IsEmpty;

    public static Placement Of(ClusterView view) => new(Candidates(view), view.ShardCount);

    /// <summary>This one, if it still holds for the view: computing it costs a logarithm for every shard and node.</summary>
    public Placement For(ClusterView view) =>
        view.ShardCount == ShardCount && Candidates(view).SequenceEqual(_nodes) ? this : Of(view);

    /// <summary>None while no node takes shards.</summary>
    public Incarnation TargetOf(ShardId shard) => IsEmpty ? default : _nodes[_targets[shard.Value]].Incarnation;

    /// <summary>In which place a node is to take a shard that nobody owns; 0: it belongs there.</summary>
    /// <returns>-1 when the node takes none.</returns>
    public int RankOf(ShardId shard, Incarnation node)
    {
        var self = IndexOf(node);
        if (self < 0)
        {
            return -1;
        }

        var target = _targets[shard.Value];
        if (self == target)
        {
            return 0;
        }

        var own = _nodes[self].Score(shard);
        var rank = 1;
        for (var i = 0; i < _nodes.Length; i++)
        {
            if (i != target && i != self && Beats(_nodes[i].Score(shard), i, own, self))
            {
                rank++;
            }
        }

        return rank;
    }

    /// <summary>The most shards a node is given.</summary>
    public int CapOf(Incarnation node) => IndexOf(node) is >= 0 and var index ? Cap(_nodes, index, ShardCount) : 0;

    private static ImmutableArray<Candidate> Candidates(ClusterView view) =>
        [.. view.Nodes.Where(node => node.Status == NodeStatus.Active).Select(Candidate.Of).OrderBy(node => node.Name.Name, StringComparer.Ordinal)];

    private static int Cap(ImmutableArray<Candidate> nodes, int index, int shards) =>
        (int)Math.Ceiling(Slack * shards * nodes[index].Weight / nodes.Sum(node => node.Weight));

    private static bool Beats(double score, int index, double than, int thanIndex) =>
        score > than || (score == than && index < thanIndex);

    private static int[] Match(ImmutableArray<Candidate> nodes, int shards)
    {
        var targets = new int[shards];
        var held = new PriorityQueue<int, double>[nodes.Length];
        var caps = new int[nodes.Length];
        for (var i = 0; i < nodes.Length; i++)
        {
            held[i] = new PriorityQueue<int, double>();
            caps[i] = Cap(nodes, i, shards);
        }

        for (var first = 0; first < shards; first++)
        {
            var shard = first;
            var refusedBy = -1;
            var refusedScore = double.PositiveInfinity;
            while (true)
            {
                var (node, score) = Choice(nodes, new ShardId(shard), refusedScore, refusedBy);
                targets[shard] = node;
                held[node].Enqueue(shard, score);
                if (held[node].Count <= caps[node])
                {
                    break;
                }

                // The caps add up to more than all shards, so whoever is given back finds a place further down its list.
                held[node].TryDequeue(out shard, out refusedScore);
                refusedBy = node;
            }
        }

        return targets;
    }

    /// <summary>The best node after the one that refused.</summary>
    private static (int Node, double Score) Choice(ImmutableArray<Candidate> nodes, ShardId shard, double refusedScore, int refusedBy)
    {
        var best = -1;
        var most = double.NegativeInfinity;
        for (var i = 0; i < nodes.Length; i++)
        {
            var score = nodes[i].Score(shard);
            if (i != refusedBy && Beats(refusedScore, refusedBy, score, i) && (best < 0 || Beats(score, i, most, best)))
            {
                best = i;
                most = score;
            }
        }

        return (best, most);
    }

    private int IndexOf(Incarnation node)
    {
        for (var i = 0; i < _nodes.Length; i++)
        {
            if (_nodes[i].Incarnation == node)
            {
                return i;
            }
        }

        return -1;
    }

    private readonly record struct Candidate(NodeId Name, ulong Hash, double Weight, Incarnation Incarnation)
    {
        public static Candidate Of(NodeRow row) =>
            new(row.Profile.Name, Rendezvous.HashOf(row.Profile.Name), Math.Max(1, row.Profile.Capacity), row.Incarnation);

        public double Score(ShardId shard) => Rendezvous.Score(Hash, Weight, shard);
    }
}
