using FsCheck;
using FsCheck.Fluent;
using Realtime.Messages.Ids;
using Realtime.Node.Cluster.Core;
using static Realtime.Tests.Cluster.Members.MadeRows;

namespace Realtime.Tests.Cluster.Members;

/// <summary>Who goes when members that all renew their rows cannot reach each other. The lower number is the older.</summary>
public sealed class SidesTests
{
    [Fact]
    public void Of_two_the_older_stays() => Losers([(1, 2)]).ShouldBe(Numbers(2));

    [Fact]
    public void A_lone_broken_link_between_two_of_three_costs_one_node() => Losers([(1, 3)]).ShouldBe(Numbers(3));

    [Fact]
    public void The_larger_side_stays_even_when_it_is_younger() => Losers(Between([1, 2], [3, 4, 5])).ShouldBe(Numbers(1, 2));

    [Fact]
    public void Of_equal_sides_the_one_with_the_oldest_stays() => Losers(Between([1, 4], [2, 3])).ShouldBe(Numbers(2, 3));

    [Fact]
    public void Three_sides_leave_the_largest() => Losers([.. Between([1], [2, 3]), .. Between([1], [4, 5, 6]), .. Between([2, 3], [4, 5, 6])]).ShouldBe(Numbers(1, 2, 3));

    [Fact]
    public void A_node_that_reaches_nobody_goes_alone() => Losers(Between([2], [1, 3, 4, 5, 6])).ShouldBe(Numbers(2));

    [Fact]
    public void A_lighthouse_goes_before_any_node_and_is_no_reason_for_one_to_go() => Losers(Between([1, 2], [3, 4]), lighthouses: [1, 2]).ShouldBe(Numbers(1, 2));

    [Fact]
    public void Of_two_lighthouses_the_older_stays() => Losers([(1, 2)], lighthouses: [1, 2]).ShouldBe(Numbers(2));

    [Fact]
    public void Those_who_stay_can_reach_each_other_and_nobody_goes_for_nothing() => Check.One(
        Config.QuickThrowOnFailure.WithMaxTest(2000),
        Prop.ForAll(Pairs(nodes: 9), pairs =>
        {
            var losers = Losers(pairs).Select(loser => loser.Value).ToHashSet();
            pairs.ShouldAllBe(pair => losers.Contains(pair.One) || losers.Contains(pair.Other));

            // As few as there can be: every set of fewer leaves a broken pair.
            for (var set = 0; set < 1 << 9; set++)
            {
                if (int.PopCount(set) < losers.Count)
                {
                    pairs.Exists(pair => (set >> (int)(pair.One - 1) & 1) == 0 && (set >> (int)(pair.Other - 1) & 1) == 0).ShouldBeTrue();
                }
            }
        }));

    [Fact]
    public void A_cluster_of_dozens_in_any_confusion_is_settled_too()
    {
        var random = new Random(4711);
        var pairs = Enumerable.Range(0, 400).Select(_ => (One: (long)random.Next(1, 61), Other: (long)random.Next(1, 61))).Where(pair => pair.One < pair.Other).Distinct().ToList();

        var losers = Losers(pairs).Select(loser => loser.Value).ToHashSet();

        pairs.ShouldAllBe(pair => losers.Contains(pair.One) || losers.Contains(pair.Other));
        losers.Count.ShouldBeLessThan(60);
    }

    private static Arbitrary<List<(long One, long Other)>> Pairs(int nodes) => Gen.ListOf(
            from one in Gen.Choose(1, nodes - 1) from other in Gen.Choose(one + 1, nodes) select ((long)one, (long)other))
        .Select(pairs => pairs.Distinct().ToList()).Where(pairs => pairs.Count > 0).ToArbitrary();

    private static List<(long One, long Other)> Between(long[] one, long[] other) => [.. from a in one from b in other select (Math.Min(a, b), Math.Max(a, b))];

    private static IReadOnlyList<Incarnation> Losers(List<(long One, long Other)> broken, params long[] lighthouses) =>
        Sides.Losers(node => lighthouses.Contains(node.Value), [.. broken.Select(pair => (new Incarnation(pair.One), new Incarnation(pair.Other)))]);
}
