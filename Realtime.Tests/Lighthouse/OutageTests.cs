using System.Net;
using Realtime.Cluster.Journal;
using Realtime.Lighthouse;

namespace Realtime.Tests.Lighthouse;

public sealed class OutageTests
{
    [Fact]
    public async Task While_the_store_is_away_answers_go_on_are_spread_more_and_more_and_the_state_says_so()
    {
        var store = await LighthouseRig.FoundAsync();
        var a = await LighthouseRig.JoinAsync(store, "a", 0);
        await using var rig = await LighthouseRig.StartAsync(store);
        await rig.LookAsync();
        (await rig.AskTenTimesAsync()).Waits.ShouldAllBe(wait => wait == 0);

        var since = rig.Clock.GetUtcNow();
        rig.Watched.Fault = new StoreUnavailableException("the cable is out");
        await rig.LookAsync();
        rig.Clock.Advance(TimeSpan.FromSeconds(90));
        var (urls, waits) = await rig.AskTenTimesAsync(await LighthouseRig.TokenAsync(store, a));
        urls.ShouldBe(["wss://a.example/v1/connect"]);
        waits.ShouldAllBe(wait => wait >= 0 && wait <= Spread.Most.TotalMilliseconds);
        waits.Distinct().Count().ShouldBeGreaterThan(1);

        var (_, cluster, _) = await rig.GetAsync("/v1/cluster");
        ((bool)cluster!["store"]!["reachable"]!).ShouldBeFalse();
        ((string)cluster["store"]!["fault"]!).ShouldBe("the cable is out");
        ((DateTimeOffset)cluster["store"]!["since"]!).ShouldBe(since + ViewFollower.Every);
        ((long)cluster["ageMs"]!).ShouldBeGreaterThan(90_000);
        (await rig.GetAsync("/health/ready")).Status.ShouldBe(HttpStatusCode.OK, "the store's outage is what it is there for");

        rig.Watched.Fault = null;
        await LighthouseRig.JoinAsync(store, "b", 1, capacity: 1000);
        await rig.LookAsync();
        (urls, waits) = await rig.AskTenTimesAsync();
        urls.ShouldBe(["wss://b.example/v1/connect"]);
        waits.ShouldAllBe(wait => wait == 0);
        (_, cluster, _) = await rig.GetAsync("/v1/cluster");
        ((bool)cluster!["store"]!["reachable"]!).ShouldBeTrue();
        cluster["store"]!["since"].ShouldBeNull();
        ((long)cluster["ageMs"]!).ShouldBeLessThan(3_000);
    }

    [Fact]
    public async Task A_fault_that_no_waiting_heals_keeps_the_lighthouse_from_starting_and_does_not_end_one_that_runs()
    {
        var store = await LighthouseRig.FoundAsync();
        await LighthouseRig.JoinAsync(store, "a", 0);
        var newer = new StoreFaultException(StoreFault.NewerVersion, "from the future");
        (await Should.ThrowAsync<StoreFaultException>(() => LighthouseRig.StartAsync(store, newer))).Fault.ShouldBe(StoreFault.NewerVersion);

        await using var rig = await LighthouseRig.StartAsync(store);
        rig.Watched.Fault = newer;
        await rig.LookAsync();

        (await rig.GetAsync()).Status.ShouldBe(HttpStatusCode.OK);
        var (_, cluster, _) = await rig.GetAsync("/v1/cluster");
        ((string)cluster!["store"]!["fault"]!).ShouldBe("from the future");
    }

    [Fact]
    public async Task A_store_that_comes_back_as_another_is_read_from_its_beginning_with_its_own_keys()
    {
        var store = await LighthouseRig.FoundAsync();
        await LighthouseRig.JoinAsync(store, "a", 0);
        await LighthouseRig.JoinAsync(store, "b", 1);
        await using var rig = await LighthouseRig.StartAsync(store);

        // Without any failure in between: its view's version is the only sign.
        var other = await LighthouseRig.FoundAsync();
        var c = await LighthouseRig.JoinAsync(other, "c", 0);
        (await other.ViewAsync(0, LighthouseRig.Cancellation)).Version.ShouldBeLessThan((await store.ViewAsync(0, LighthouseRig.Cancellation)).Version);
        rig.Watched.Store = other;
        await rig.LookAsync();

        (await rig.AskTenTimesAsync(await LighthouseRig.TokenAsync(other, c))).Urls.ShouldBe(["wss://c.example/v1/connect"]);
        var (_, cluster, _) = await rig.GetAsync("/v1/cluster");
        ((int)cluster!["shards"]!["free"]!).ShouldBe(LighthouseRig.Shards / 2);
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(5, 0)]
    [InlineData(9, 1000)]
    [InlineData(25, 5000)]
    [InlineData(3600, 15_000)]
    public void The_older_the_view_the_wider_the_spread_up_to_a_bound(int seconds, int milliseconds) =>
        Spread.Of(TimeSpan.FromSeconds(seconds)).ShouldBe(milliseconds);
}
