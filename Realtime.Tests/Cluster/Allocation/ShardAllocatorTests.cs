using System.Globalization;
using FsCheck;
using FsCheck.Fluent;
using Realtime.Node.Cluster.Core;

namespace Realtime.Tests.Cluster.Allocation;

public sealed class ShardAllocatorTests
{
    private const int Clusters = 300;

    [Fact]
    public void A_cluster_of_any_state_comes_into_balance_by_capacity_and_stays_there() => ForAll((cluster, random) =>
    {
        cluster.Settle();

        ShouldBeInBalance(cluster);
        var moves = cluster.MovesOfAll;
        cluster.Settle();
        cluster.MovesOfAll.ShouldBe(moves, "nothing changes, so nothing moves");
    }, clusters: 2_000);

    [Fact]
    public void Every_node_has_its_share_by_capacity_within_one_shard_or_two() => ForAll((cluster, random) =>
    {
        cluster.Settle();

        var takers = Takers(cluster).ToList();
        var shards = takers.Sum(cluster.ShardsOf);
        var weight = takers.Sum(cluster.WeightOf);
        foreach (var node in takers)
        {
            Math.Abs(cluster.ShardsOf(node) - ((double)shards * cluster.WeightOf(node) / weight)).ShouldBeLessThan(2);
        }
    });

    [Fact]
    public void No_shard_moves_twice_and_no_more_move_than_have_to() => ForAll((cluster, random) =>
    {
        var before = cluster.Nodes.ToDictionary(node => node, cluster.ShardsOf);

        cluster.Settle();

        cluster.Moves.Values.ShouldAllBe(moves => moves <= 1);
        cluster.MovesOfAll.ShouldBe(before.Sum(node => Math.Max(0, node.Value - cluster.ShardsOf(node.Key))));
    });

    [Fact]
    public void A_node_that_is_drained_or_stops_ends_with_nothing_and_is_given_nothing_while_another_takes_shards() => ForAll((cluster, random) =>
    {
        cluster.Settle();
        var drained = Takers(cluster).Skip(1).Where(_ => random.Next(2) == 0).ToList();
        foreach (var node in drained)
        {
            cluster.Become(node, random.Next(2) == 0 ? Willingness.Drained : Willingness.Stopping);
        }

        // Place is held to the most willing node in every step of the way.
        cluster.Settle();

        drained.ShouldAllBe(node => cluster.ShardsOf(node) == 0);
        ShouldBeInBalance(cluster);
    });

    [Fact]
    public void The_only_node_keeps_its_shards_though_it_is_drained()
    {
        var cluster = ClusterOf(30, new Random(1), "a");
        cluster.Become("a", Willingness.Drained);

        cluster.Settle();
        cluster.Allocate("new");

        cluster.ShardsOf("a").ShouldBe(31);
    }

    [Fact]
    public void Nothing_moves_while_a_node_cannot_be_reached() => ForAll((cluster, random) =>
    {
        cluster.Become(cluster.Nodes.First(), Willingness.Unreachable);

        cluster.Settle();

        cluster.MovesOfAll.ShouldBe(0);
    });

    [Fact]
    public void A_node_that_has_not_said_who_it_is_gets_nothing_from_balance_and_gives_nothing() => ForAll((cluster, random) =>
    {
        cluster.Join("unheard", 1_000, Willingness.Unheard);

        cluster.Settle();

        cluster.ShardsOf("unheard").ShouldBe(0);
        cluster.Become("unheard", Willingness.Takes);
        cluster.Settle();
        ShouldBeInBalance(cluster);
    });

    [Fact]
    public void A_shard_that_is_needed_for_the_first_time_never_makes_another_one_move() => ForAll((cluster, random) =>
    {
        cluster.Settle();
        var moves = cluster.MovesOfAll;

        for (var shard = 1_000; shard < 1_020; shard++)
        {
            cluster.Allocate(Name(shard));
            cluster.Settle();
        }

        cluster.MovesOfAll.ShouldBe(moves);
        ShouldBeInBalance(cluster);
    });

    [Fact]
    public void The_shards_of_a_lost_node_find_places_in_balance_and_no_other_moves() => ForAll((cluster, random) =>
    {
        cluster.Join("lost", 30_000);
        cluster.Settle();
        var moves = cluster.MovesOfAll;

        cluster.Lose("lost");
        cluster.Settle();

        cluster.MovesOfAll.ShouldBe(moves);
        ShouldBeInBalance(cluster);
    });

    [Fact]
    public void Nodes_that_are_replaced_one_by_one_stay_in_balance_and_no_shard_moves_more_than_once_for_each() => ForAll((cluster, random) =>
    {
        cluster.Settle();
        foreach (var node in Takers(cluster).ToList())
        {
            cluster.Join($"new {node}", cluster.WeightOf(node));
            cluster.Settle();
            ShouldBeInBalance(cluster);
            cluster.Moves.Clear();
            cluster.Become(node, Willingness.Stopping);
            cluster.Settle();
            cluster.ShardsOf(node).ShouldBe(0);
            cluster.Moves.Values.ShouldAllBe(moves => moves <= 1);
            cluster.Lose(node);
            ShouldBeInBalance(cluster);
        }
    }, clusters: 100);

    [Fact]
    public void A_shard_that_an_operator_moves_arrives_and_stays_there_and_the_rest_comes_into_balance() => ForAll((cluster, random) =>
    {
        cluster.Settle();
        var takers = Takers(cluster).ToList();
        var moves = Enumerable.Range(0, 10).Select(Name).Where(shard => cluster.NodeOf(shard) is not null)
            .ToDictionary(shard => shard, _ => takers[random.Next(takers.Count)]);
        cluster.Orders = cluster.Orders with { Moves = moves };
        cluster.HandOffsFail = false;
        cluster.Moves.Clear();

        cluster.Settle();

        moves.ShouldAllBe(move => cluster.NodeOf(move.Key) == move.Value);
        cluster.Moves.Values.ShouldAllBe(times => times <= 1);

        // What an operator asked for is forgotten once it is done.
        cluster.Orders = AllocationOrders.None;
        cluster.Settle();
        ShouldBeInBalance(cluster);
    });

    [Fact]
    public void Shards_that_are_leaving_count_where_they_go_when_a_new_one_gets_its_place()
    {
        ShardHolder Holder(string key, int first, int count) =>
            new(key, 25_000, Willingness.Takes, [.. Enumerable.Range(first, count).Select(Name)]);

        var allocator = new ShardAllocator(4);
        ShardHolder[] holders = [Holder("a", 0, 10), Holder("b", 100, 9), Holder("c", 200, 9)];
        var orders = AllocationOrders.None with { Moves = Enumerable.Range(0, 4).ToDictionary(Name, _ => "c") };
        allocator.Round(holders, new HashSet<string>(), orders).ShouldBe(["0", "1", "2", "3"]);

        allocator.Place("new", holders, orders)!.Key.ShouldBe("a");
    }

    [Fact]
    public void A_move_to_a_node_that_takes_no_shards_is_not_made()
    {
        var cluster = ClusterOf(30, new Random(1), "a", "b", "c");
        cluster.Become("c", Willingness.Drained);
        cluster.Settle();
        cluster.Moves.Clear();
        cluster.Orders = AllocationOrders.None with { Moves = new Dictionary<string, string> { ["1"] = "c", ["2"] = "gone" } };

        cluster.Settle();

        cluster.MovesOfAll.ShouldBe(0);
    }

    [Fact]
    public void A_pause_stops_balance_and_nothing_else()
    {
        var cluster = ClusterOf(30, new Random(1), "a", "b", "c");
        cluster.Settle();
        cluster.Join("d", 25_000);
        cluster.Moves.Clear();
        cluster.Orders = AllocationOrders.None with { BalanceIsPaused = true };

        cluster.Settle();
        cluster.MovesOfAll.ShouldBe(0);

        cluster.Orders = cluster.Orders with { Moves = new Dictionary<string, string> { ["1"] = "d" } };
        cluster.Become("b", Willingness.Drained);
        cluster.Settle();
        cluster.NodeOf("1").ShouldBe("d");
        cluster.ShardsOf("b").ShouldBe(0);
    }

    [Fact]
    public void Without_the_store_only_a_process_that_ends_gives_its_shards_away()
    {
        var cluster = ClusterOf(30, new Random(1), "a", "b", "c", "d");
        cluster.Settle();
        cluster.Moves.Clear();
        cluster.Join("e", 25_000);
        cluster.Become("b", Willingness.Drained);
        var target = cluster.NodeOf("1") == "a" ? "c" : "a";
        cluster.Orders = AllocationOrders.None with { StoreIsOut = true, Moves = new Dictionary<string, string> { ["1"] = target } };

        cluster.Settle();
        cluster.MovesOfAll.ShouldBe(0);

        cluster.Become("c", Willingness.Stopping);
        cluster.Settle();
        cluster.ShardsOf("c").ShouldBe(0);
        cluster.ShardsOf("b").ShouldBeGreaterThan(0);
    }

    [Fact]
    public void The_plan_says_which_shards_the_rounds_then_move_and_how_many_each_node_ends_with() => ForAll((cluster, random) =>
    {
        cluster.HandOffsFail = false;
        if (cluster.Nodes.Count() > 2)
        {
            cluster.Become("n1", Willingness.Drained);
        }

        // In the middle of it as well.
        for (var rounds = random.Next(3); rounds > 0; rounds--)
        {
            cluster.Tick();
        }

        var plan = cluster.Plan();
        var expected = cluster.Nodes.ToDictionary(
            node => node,
            node => cluster.ShardsOf(node) + plan.Transfers.Count(transfer => transfer.To == node) - plan.Transfers.Count(transfer => transfer.From == node));
        cluster.Moves.Clear();

        cluster.Settle();

        cluster.Nodes.ToDictionary(node => node, cluster.ShardsOf).ShouldBe(expected, ignoreOrder: true);
        cluster.Moves.Where(move => move.Value > 0).Select(move => move.Key).Except(plan.Transfers.Select(transfer => transfer.Shard)).ShouldBeEmpty();
        cluster.Plan().Transfers.ShouldBeEmpty();
    });

    [Fact]
    public void The_plan_says_why_nothing_moves()
    {
        var cluster = ClusterOf(30, new Random(1), "a");
        cluster.Plan().Obstacle.ShouldBe(AllocationObstacle.OneNode);
        cluster.Join("b", 25_000, Willingness.Unreachable);
        cluster.Plan().ShouldSatisfyAllConditions(plan => plan.Obstacle.ShouldBe(AllocationObstacle.Unreachable), plan => plan.Unreachable.ShouldBe(["b"]));
        cluster.Become("b", Willingness.Unheard);
        cluster.Become("a", Willingness.Drained);
        cluster.Plan().Obstacle.ShouldBe(AllocationObstacle.NoneTakes);
        cluster.Become("a", Willingness.Takes);
        cluster.Become("b", Willingness.Takes);
        cluster.Orders = AllocationOrders.None with { StoreIsOut = true };
        cluster.Plan().ShouldSatisfyAllConditions(plan => plan.Obstacle.ShouldBe(AllocationObstacle.StoreIsOut), plan => plan.Transfers.ShouldBeEmpty());
        cluster.Orders = AllocationOrders.None with { BalanceIsPaused = true };
        cluster.Plan().ShouldSatisfyAllConditions(plan => plan.Obstacle.ShouldBe(AllocationObstacle.None), plan => plan.Transfers.ShouldBeEmpty());
    }

    /// <summary>Over many clusters: nodes of any capacity, shards anywhere.</summary>
    private static void ForAll(Action<AllocatedCluster, Random> check, int clusters = Clusters) =>
        Prop.ForAll(Gen.Choose(0, int.MaxValue).ToArbitrary(), seed =>
        {
            var random = new Random(seed);
            var cluster = new AllocatedCluster(random.Next(1, 17), random);
            var nodes = random.Next(1, 9);
            var alike = random.Next(2) == 0;
            for (var node = 0; node < nodes; node++)
            {
                cluster.Join($"n{node}", alike ? 25_000 : random.Next(1, 11) * 5_000);
            }

            var crowded = random.Next(1, nodes + 1);
            for (var shard = random.Next(257); shard >= 0; shard--)
            {
                cluster.Put(Name(shard), $"n{random.Next(crowded)}");
            }

            check(cluster, random);
            return true;
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(clusters).WithQuietOnSuccess(true));

    private static AllocatedCluster ClusterOf(int shards, Random random, params string[] nodes)
    {
        var cluster = new AllocatedCluster(4, random);
        foreach (var node in nodes)
        {
            cluster.Join(node, 25_000);
        }

        for (var shard = 0; shard < shards; shard++)
        {
            cluster.Allocate(Name(shard));
        }

        return cluster;
    }

    private static IEnumerable<string> Takers(AllocatedCluster cluster) => cluster.Nodes.Where(node => cluster.WillingnessOf(node) is Willingness.Takes);

    /// <summary>No shard would be anywhere else if it were given again.</summary>
    private static void ShouldBeInBalance(AllocatedCluster cluster)
    {
        foreach (var from in Takers(cluster).Where(node => cluster.ShardsOf(node) > 0))
        {
            foreach (var to in Takers(cluster).Where(to => to != from))
            {
                (cluster.WeightOf(to) * ((2L * cluster.ShardsOf(from)) - 1)).ShouldBeLessThanOrEqualTo(
                    cluster.WeightOf(from) * ((2L * cluster.ShardsOf(to)) + 1), $"{from} and {to}");
            }
        }
    }

    private static string Name(int shard) => shard.ToString(CultureInfo.InvariantCulture);
}
