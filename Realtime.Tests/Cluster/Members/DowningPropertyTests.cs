namespace Realtime.Tests.Cluster.Members;

/// <summary>What holds in any cluster, whatever happens to it: thousands of random ones, each with its seed.</summary>
public sealed class DowningPropertyTests
{
    private const int Worlds = 400;

    [Fact]
    public void The_dead_are_taken_out_by_all_who_live_and_nobody_else_is() => Each((random, world) =>
    {
        world.Run(10);
        var dead = Some(random, world, atMost: world.Nodes.Count(node => node.Role == "node") - 1);
        foreach (var node in dead)
        {
            (node.IsDead, node.IsSound) = (true, false);
            world.Run(random.NextDouble() * 5);
        }

        world.Run(13);

        var living = world.Nodes.Where(node => !dead.Contains(node)).ToList();
        living.ShouldAllBe(node => node.IsAlive);
        living.Where(node => node.Role == "node").ShouldAllBe(node => node.Downed.Order().SequenceEqual(dead.Select(one => one.Number).Order()));
    });

    [Fact]
    public void A_node_that_sleeps_is_given_up_after_8_s_and_nobody_else_is() => Each((random, world) =>
    {
        world.Run(10);
        var sleepers = Some(random, world, atMost: world.Nodes.Count(node => node.Role == "node") - 1);
        var length = random.NextDouble() * 40;
        foreach (var node in sleepers)
        {
            (node.IsPaused, node.IsSound) = (true, false);
        }

        world.Run(length);
        foreach (var node in sleepers)
        {
            node.IsPaused = false;
        }

        world.Run(30);

        world.Nodes.Where(node => !sleepers.Contains(node)).ShouldAllBe(node => node.IsAlive);
        if (length is < 5.5 or > 13)
        {
            sleepers.ShouldAllBe(node => node.IsAlive == length < 5.5, $"slept for {length} s");
        }
    });

    [Fact]
    public void While_nobody_can_renew_nobody_is_given_up_and_afterwards_only_the_dead() => Each((random, world) =>
    {
        world.Run(10);
        world.StoreIsAway = true;
        var dead = Some(random, world, atMost: world.Nodes.Count(node => node.Role == "node") - 1);
        foreach (var node in dead)
        {
            (node.IsDead, node.IsSound) = (true, false);
        }

        world.Run(random.NextDouble() * 120);
        world.Nodes.ShouldAllBe(node => node.Verdict == null && node.Downed.Count == 0);
        world.StoreIsAway = false;
        world.Run(15);

        world.Nodes.Where(node => !dead.Contains(node)).ShouldAllBe(node => node.IsAlive);
        dead.ShouldAllBe(node => node.Verdict != null);
    });

    [Fact]
    public void A_node_that_alone_cannot_reach_the_store_is_given_up_within_30_s() => Each((random, world) =>
    {
        world.Run(10);
        var node = world.Nodes[random.Next(world.Nodes.Count(node => node.Role == "node"))];
        if (world.Nodes.Count(other => other.Role == "node") == 1)
        {
            return;
        }

        (node.IsWithoutStore, node.IsSound) = (true, false);
        world.Run(25);

        node.Verdict.ShouldNotBeNull();
        world.Nodes.Where(other => other != node).ShouldAllBe(other => other.IsAlive);
    });

    [Fact]
    public void Two_halves_that_both_reach_the_store_leave_the_larger_or_the_older_and_only_after_20_s() => Each((random, world) =>
    {
        world.Run(10);
        var nodes = world.Nodes.Where(node => node.Role == "node").ToList();
        var one = nodes.Where(_ => random.Next(2) == 0).ToList();
        var other = nodes.Except(one).ToList();
        CutBetween(world, one, other);

        world.Run(20);
        world.Nodes.ShouldAllBe(node => node.IsAlive);
        world.Run(20);

        var isOne = one.Count != other.Count ? one.Count > other.Count : one.Contains(nodes[0]);
        (isOne ? one : other).ShouldAllBe(node => node.IsAlive);
        (isOne ? other : one).ShouldAllBe(node => !node.IsAlive);
        (isOne ? one : other).ShouldAllBe(node => node.Downed.Count == (isOne ? other : one).Count, "and has been taken out");
    });

    [Fact]
    public void A_lone_broken_link_costs_at_most_one_of_its_ends() => Each((random, world) =>
    {
        world.Run(10);
        var ends = Some(random, world, atMost: 2);
        if (ends.Count < 2)
        {
            return;
        }

        CutBetween(world, [ends[0]], [ends[1]]);
        world.Run(40);

        ends.Count(node => node.IsAlive).ShouldBe(1);
        world.Nodes.Except(ends).ShouldAllBe(node => node.IsAlive);
    });

    [Fact]
    public void Whatever_happens_nobody_is_taken_out_who_may_answer_and_those_who_stay_can_reach_each_other() => Each((random, world) =>
    {
        world.Run(10);
        for (var i = 0; i < 6; i++)
        {
            Happen(random, world);
            world.Run(random.NextDouble() * 15);
        }

        foreach (var node in world.Nodes)
        {
            (node.IsPaused, node.IsWithoutStore) = (false, false);
        }

        world.StoreIsAway = false;
        world.Run(60);

        var stay = world.Nodes.Where(node => node.IsAlive).ToList();
        stay.ShouldAllBe(node => stay.TrueForAll(other => !world.Cut.Contains(DowningWorld.Pair(node, other))));
        if (stay.Exists(node => node.Role == "node"))
        {
            stay.Where(node => node.Role == "node").ShouldAllBe(node => world.Nodes.All(other => stay.Contains(other) || node.Downed.Contains(other.Number)));
        }
    });

    private static void Happen(Random random, DowningWorld world)
    {
        var node = world.Nodes[random.Next(world.Nodes.Count)];
        switch (random.Next(7))
        {
            case 0:
                (node.IsDead, node.IsSound) = (true, false);
                break;
            case 1:
                (node.IsPaused, node.IsSound) = (!node.IsPaused, false);
                break;
            case 2:
                (node.IsWithoutStore, node.IsSound) = (!node.IsWithoutStore, false);
                break;
            case 3:
                world.StoreIsAway = !world.StoreIsAway;
                break;
            case 4:
                CutBetween(world, [node], [.. world.Nodes.Where(other => other != node && random.Next(2) == 0)]);
                break;
            case 5:
                world.Cut.Clear();
                break;
            case 6:
                var side = world.Nodes.Where(_ => random.Next(2) == 0).ToList();
                CutBetween(world, side, [.. world.Nodes.Except(side)]);
                break;
        }
    }

    private static void CutBetween(DowningWorld world, List<SimulatedNode> one, List<SimulatedNode> other)
    {
        foreach (var (a, b) in one.SelectMany(a => other.Select(b => (a, b))))
        {
            world.Cut.Add(DowningWorld.Pair(a, b));
            (a.IsSound, b.IsSound) = (false, false);
        }
    }

    /// <summary>At least one node, and no lighthouse.</summary>
    private static List<SimulatedNode> Some(Random random, DowningWorld world, int atMost)
    {
        var nodes = world.Nodes.Where(node => node.Role == "node").OrderBy(_ => random.Next()).Take(atMost);
        return [.. nodes.Take(random.Next(1, atMost + 1))];
    }

    private static void Each(Action<Random, DowningWorld> check)
    {
        for (var seed = 0; seed < Worlds; seed++)
        {
            var random = new Random(seed);
            var world = new DowningWorld(random.Next(2, 8), random.Next(3), random);
            try
            {
                check(random, world);
                world.Faults.ShouldBeEmpty();
            }
            catch (ShouldAssertException wrong)
            {
                throw new ShouldAssertException($"seed {seed}: {wrong.Message}", wrong);
            }
        }
    }
}
