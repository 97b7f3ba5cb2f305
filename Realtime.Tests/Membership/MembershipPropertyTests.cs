using FsCheck;
using FsCheck.Fluent;
using Realtime.Cluster.Membership;

namespace Realtime.Tests.Membership;

/// <summary>Heartbeat 3 s, eviction after 15 s of the watcher's clock, self-fence after 9 s of one's own.</summary>
public sealed class MembershipPropertyTests
{
    /// <summary>Two beliefs do not overlap while rates differ by less than 15 / 9.</summary>
    private static readonly Gen<double> Rates = Gen.Choose(80, 130).Select(percent => percent / 100.0);

    [Fact]
    public void Whatever_fails_nobody_healthy_is_evicted_nobody_owns_what_another_does_and_in_the_end_every_shard_is_where_it_belongs() => Check(
        from count in Gen.Choose(2, 5)
        from rates in Gen.ArrayOf(Rates, count)
        from faults in SimulatedFault.Schedules(count)
        from seed in Gen.Choose(0, int.MaxValue)
        select (rates, faults, seed),
        runs: 60,
        (rates, faults, seed) =>
        {
            var cluster = new ClusterSimulation(rates, faults, seed);
            cluster.RunUntil(300);
            cluster.CheckSettled();
        });

    [Fact]
    public void However_much_clocks_differ_in_rate_nobody_healthy_is_evicted() => Check(
        from count in Gen.Choose(2, 5)
        from rates in Gen.ArrayOf(Gen.Choose(75, 130).Select(percent => percent / 100.0), count)
        from outages in Gen.ArrayOf(
            from start in Gen.Choose(0, 100)
            from length in Gen.Choose(1, 40)
            select new SimulatedFault(SimulatedFault.Kind.Outage, 0, start, length), 3)
        from seed in Gen.Choose(0, int.MaxValue)
        select (rates, outages, seed),
        runs: 30,
        (rates, outages, seed) =>
        {
            var cluster = new ClusterSimulation(rates, outages, seed);
            cluster.RunUntil(200);
            cluster.Evictions.ShouldBeEmpty();
        });

    [Fact]
    public void Silent_nodes_are_evicted_in_time() => Check(
        from count in Gen.Choose(3, 6)
        from rates in Gen.ArrayOf(Rates, count)
        from at in Gen.Choose(300, 400)
        from seed in Gen.Choose(0, int.MaxValue)
        select (rates, (SimulatedFault[])[new(SimulatedFault.Kind.Kill, 0, at / 10.0, 0), new(SimulatedFault.Kind.Kill, 2, at / 10.0, 0)], seed),
        runs: 30,
        (rates, faults, seed) =>
        {
            var cluster = new ClusterSimulation(rates, faults, seed);
            cluster.RunUntil(faults[0].Start + 40);
            cluster.Evictions.Select(eviction => eviction.Node).Order().ShouldBe([0, 2]);

            // A heartbeat until the last value is seen, an answer, the eviction time and a turn of the loop, all by the slowest clock.
            cluster.Evictions.ShouldAllBe(eviction => eviction.At - faults[0].Start <= (3 + 0.7 + 15 + 1.3) / rates.Min());
        });

    [Fact]
    public void In_an_outage_for_all_everybody_freezes_and_afterwards_everything_is_as_before() => Check(
        from count in Gen.Choose(2, 5)
        from rates in Gen.ArrayOf(Gen.Choose(90, 110).Select(percent => percent / 100.0), count)
        from start in Gen.Choose(1000, 1100)
        from seed in Gen.Choose(0, int.MaxValue)
        select (rates, (SimulatedFault[])[new(SimulatedFault.Kind.Outage, 0, start / 10.0, 40)], seed),
        runs: 30,
        (rates, faults, seed) =>
        {
            var cluster = new ClusterSimulation(rates, faults, seed);
            cluster.RunUntil(faults[0].Start);
            var before = Enumerable.Range(0, 48).Select(i => cluster.Store[i]).ToList();
            cluster.RunUntil(faults[0].End);
            foreach (var node in cluster.Nodes)
            {
                node.Member!.StandingAt(node.Local(cluster.Now)).ShouldBe(Standing.Frozen);
            }

            cluster.RunUntil(faults[0].End + 10);
            cluster.CheckSettled();
            Enumerable.Range(0, 48).Select(i => cluster.Store[i]).ShouldBe(before);
        });

    private static void Check(Gen<(double[] Rates, SimulatedFault[] Faults, int Seed)> cases, int runs, Action<double[], SimulatedFault[], int> property) =>
        Prop.ForAll(cases.ToArbitrary(), one =>
            {
                property(one.Rates, one.Faults, one.Seed);
                return true;
            })
            .Check(Config.QuickThrowOnFailure.WithMaxTest(runs).WithQuietOnSuccess(true));
}
