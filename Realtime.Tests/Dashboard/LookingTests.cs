using Microsoft.Playwright;
using Realtime.Messages.Operators;
using Realtime.Tests.Clients.Browser;
using Realtime.Tests.Support;
using static Microsoft.Playwright.Assertions;
using static Realtime.Messages.Operators.OperatorJson;

namespace Realtime.Tests.Dashboard;

[Collection(InChromium.Name)]
public sealed class LookingTests(Chromium chromium) : DashboardStage(chromium)
{
    /// <summary>How many pixels of the map have exactly the colour of a node.</summary>
    private const string Painted =
        """
        (name) => {
          const tone = [...document.querySelectorAll('[data-node]')].find((one) => one.dataset.node === name).querySelector('.swatch');
          const [r, g, b] = getComputedStyle(tone).backgroundColor.match(/\d+/g).map(Number);
          const map = document.getElementById('map-ground');
          const { data } = map.getContext('2d').getImageData(0, 0, map.width, map.height);
          let found = 0;
          for (let i = 0; i < data.length; i += 4) found += data[i] === r && data[i + 1] === g && data[i + 2] === b && data[i + 3] === 255;
          return found;
        }
        """;

    [Fact]
    public async Task The_cluster_is_seen_at_a_glance_and_a_move_as_it_happens()
    {
        var stand = await StandAsync();
        var window = await OpenAsync(stand, options: new BrowserNewContextOptions { ReducedMotion = ReducedMotion.Reduce });

        await window.ShouldSayAsync("3 nodes, all well");
        await Expect(window.All("node")).ToHaveCountAsync(3);
        await Expect(window.Node("node-b")).ToContainTextAsync("1,500 / 8,000");
        await Expect(window.All("map")).ToHaveAttributeAsync("data-cells", "512");
        await Expect(window.All("value-connections")).ToHaveTextAsync("4,500");
        await Expect(window.All("value-p99")).ToHaveTextAsync("9.5 ms");
        await Expect(window.All("event").First).ToContainTextAsync("node-c joined");
        await window.Page.WaitForFunctionAsync($"() => ['node-a', 'node-b', 'node-c'].every((name) => ({Painted})(name) > 1000)");

        // A few go: only their places are painted anew.
        var before = await window.Page.EvaluateAsync<int>(Painted, "node-b");
        Samples.Map(stand, Samples.Names, [.. Enumerable.Range(0, Samples.Shards).Select(shard => shard % 3 == 1 && shard < 30 ? 2 : shard % 3)]);

        await window.Page.WaitForFunctionAsync($"(before) => Math.abs(({Painted})('node-b') / before - 75 / 85) < 0.03", before);

        // All of them go, and everything lies anew.
        Samples.Map(stand, Samples.Names, [.. Enumerable.Range(0, Samples.Shards).Select(shard => shard % 3 == 1 ? 2 : shard % 3)]);

        await window.Page.WaitForFunctionAsync($"() => ({Painted})('node-b') === 0");
    }

    [Fact]
    public async Task What_is_wrong_comes_first()
    {
        var stand = await StandAsync();
        var gone = Samples.Node("node-b", "dead", connections: 0) with { Reachable = false, Live = null };
        Samples.Cluster(stand, [Samples.Node("node-a", "draining", shards: 40), gone, Samples.Node("node-c")], paused: [new MovesPause("node-c", 600)]);
        var window = await OpenAsync(stand);

        await window.ShouldSayAsync("node-b is gone; 170 shards are being taken over");
        await Expect(window.All("finding")).ToHaveTextAsync(["node-a is draining: 40 shards and 1,500 connections to go"]);
        await Expect(window.Node("node-b").Locator(".state")).ToHaveTextAsync("gone");
        await Expect(window.Page.Locator("#fact-paused")).ToContainTextAsync("on node-c");

        Samples.Cluster(stand, [Samples.Node("node-a"), gone, Samples.Node("node-c")], new StoreStatus("PostgreSQL", true, false, "it refuses connections"));

        await window.ShouldSayAsync("The store is not well: it refuses connections");
    }

    [Fact]
    public async Task An_api_that_goes_away_is_told_of_and_comes_back_by_itself()
    {
        var stand = await StandAsync();
        var window = await OpenAsync(stand);
        await window.ShouldSayAsync("3 nodes, all well");

        await stand.StopAsync();

        await Expect(window.Verdict).ToContainTextAsync("What you see is old");
        await Expect(window.Page.Locator("body")).ToHaveAttributeAsync("data-stale", "true");
        await Expect(window.All("node")).ToHaveCountAsync(3);

        await stand.StartAsync();

        await window.ShouldSayAsync("3 nodes, all well");
        await Expect(window.Page.Locator("body")).Not.ToHaveAttributeAsync("data-stale", "true");
    }

    [Fact]
    public async Task Sessions_and_channels_are_found_and_told_of()
    {
        var stand = await StandAsync();
        var window = await OpenAsync(stand);
        await window.ShouldSayAsync("3 nodes, all well");

        await window.FindAsync("ada");
        await Expect(window.Page).ToHaveURLAsync(new Uri(stand.Address, "#/sessions/" + Samples.Session).AbsoluteUri);
        await Expect(window.All("subscription").First).ToContainTextAsync("41");
        await Expect(window.All("session-page").Locator(".timeline li").First).ToContainTextAsync("moved node-b handed off");

        await window.FindAsync("chat:room");
        await Expect(window.All("channel-page")).ToContainTextAsync("k3f9:900");
        await Expect(window.All("message")).ToHaveCountAsync(0);
        await window.Button("Read the newest").ClickAsync();
        await Expect(window.All("message")).ToContainTextAsync("""{ "text": "hello" }""");

        await window.GoAsync("#/sessions");
        await Expect(window.All("session")).ToHaveCountAsync(1);
        await window.GoAsync("#/sessions/BBBBBBBBBBBBBBBBBBBBBA");
        await Expect(window.All("session-page")).ToContainTextAsync("There is no session BBBBBBBBBBBBBBBBBBBBBA");
    }

    [Fact]
    public async Task A_lighthouse_shows_the_whole_cluster_and_who_is_in_it()
    {
        var stand = await StandAsync();
        Samples.Lighthouse(stand);
        var window = await OpenAsync(stand);

        await window.ShouldSayAsync("3 nodes, all well");
        await Expect(window.Page.Locator("#fact-node")).ToHaveTextAsync("seen by lighthouse, a lighthouse");
        await Expect(window.Page.Locator("#fact-coordinator")).ToHaveTextAsync("coordinator node-a");
        await Expect(window.All("member")).ToHaveCountAsync(4);
        await Expect(window.All("member").First).ToContainTextAsync("node, coordinator, oldest");
        await Expect(window.All("member").Last).ToContainTextAsync("lighthouse");
        await window.GoAsync("#/shards/channel/255");
        await Expect(window.Page.Locator("#shard-facts dt")).ToHaveTextAsync(["Owner", "State", "Channels in memory"]);
        window.Refused.ShouldBeEmpty();
    }
}
