using Realtime.Node.Cluster.Core;

namespace Realtime.Tests.Cluster.Allocation;

/// <summary>Nodes and the shards of one kind as a coordinator has them, with hand-offs that end in any order.</summary>
internal sealed class AllocatedCluster(int slots, Random random)
{
    private readonly ShardAllocator _allocator = new(slots);
    private readonly SortedDictionary<string, (long Weight, Willingness Willingness, List<string> Shards)> _nodes = new(StringComparer.Ordinal);
    private readonly HashSet<string> _moving = [];
    private readonly List<string> _homeless = [];

    /// <summary>How often each shard has left a node.</summary>
    public Dictionary<string, int> Moves { get; } = [];

    /// <summary>Now and then one is not finished in its time.</summary>
    public bool HandOffsFail { get; set; } = true;

    public AllocationOrders Orders { get; set; } = AllocationOrders.None;

    public IEnumerable<string> Nodes => _nodes.Keys;

    public int MovesOfAll => Moves.Values.Sum();

    public int ShardsOf(string node) => _nodes[node].Shards.Count;

    public string? NodeOf(string shard) => _nodes.FirstOrDefault(node => node.Value.Shards.Contains(shard)).Key;

    public Willingness WillingnessOf(string node) => _nodes[node].Willingness;

    public long WeightOf(string node) => _nodes[node].Weight;

    public void Join(string node, long weight, Willingness willingness = Willingness.Takes) => _nodes[node] = (weight, willingness, []);

    public void Become(string node, Willingness willingness) => _nodes[node] = _nodes[node] with { Willingness = willingness };

    public void Put(string shard, string node) => _nodes[node].Shards.Add(shard);

    /// <summary>What a first message to a shard does.</summary>
    public void Allocate(string shard)
    {
        var place = _allocator.Place(shard, Holders(), Orders).ShouldNotBeNull();
        var best = _nodes.Values.Min(node => node.Willingness);
        place.Willingness.ShouldBe(best, "a shard goes to the most willing");
        Put(shard, place.Key);
    }

    /// <summary>A node that is lost: its shards are given away one by one, as a coordinator does.</summary>
    public void Lose(string node)
    {
        var shards = _nodes[node].Shards.ToList();
        _nodes.Remove(node);
        _moving.ExceptWith(shards);
        foreach (var shard in shards)
        {
            Allocate(shard);
        }
    }

    public AllocationPlan Plan() => _allocator.Plan(Holders(), _moving, Orders);

    /// <summary>A round, and the end of some hand-offs.</summary>
    public int Tick()
    {
        var released = _allocator.Round(Holders(), _moving, Orders);
        released.Count.ShouldBeLessThanOrEqualTo(Math.Max(0, slots - _moving.Count), "a few at a time");
        foreach (var shard in released)
        {
            _moving.Add(shard).ShouldBeTrue("a shard that is moving is not moved");
            NodeOf(shard).ShouldNotBeNull();
            Moves[shard] = Moves.GetValueOrDefault(shard) + 1;
        }

        // Those that left in an earlier round and have no place yet get one, so that rounds see them without one.
        foreach (var shard in _homeless.ToList())
        {
            _homeless.Remove(shard);
            Allocate(shard);
        }

        foreach (var shard in _moving.OrderBy(_ => random.Next()).Take(random.Next(1, slots + 1)).ToList())
        {
            _moving.Remove(shard);
            if (HandOffsFail && random.Next(20) == 0)
            {
                // The hand-off was not finished in its time: it stays.
                Moves[shard]--;
                continue;
            }

            _nodes[NodeOf(shard)!].Shards.Remove(shard);
            _homeless.Add(shard);
        }

        return released.Count;
    }

    /// <summary>Until nothing moves any more. The number of rounds.</summary>
    public int Settle()
    {
        for (var rounds = 1; rounds < 5_000; rounds++)
        {
            if (Tick() == 0 && _moving.Count == 0 && _homeless.Count == 0 && Tick() == 0)
            {
                return rounds;
            }
        }

        throw new InvalidOperationException("It does not converge.");
    }

    private List<ShardHolder> Holders() =>
        [.. _nodes.Select(node => new ShardHolder(node.Key, node.Value.Weight, node.Value.Willingness, [.. node.Value.Shards])).OrderBy(_ => random.Next())];
}
