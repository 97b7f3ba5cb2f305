using Microsoft.Playwright;
using Realtime.Messages.Operators;
using Realtime.Tests.Clients.Browser;
using Realtime.Tests.Support;
using static Microsoft.Playwright.Assertions;

namespace Realtime.Tests.Dashboard;

[Collection(InChromium.Name)]
public sealed class AccessibilityTests(Chromium chromium) : DashboardStage(chromium)
{
    private static readonly (string Hash, string Shown)[] Pages =
    [
        ("#/", "node"), ("#/shards/channel/255", "shard"), ("#/sessions", "session"), ("#/sessions/" + Samples.Session, "subscription"), ("#/channels", "channel"),
        ("#/channels/chat%3Aroom", "channel-page"), ("#/events", "events-page"), ("#/log/node-a", "log-line"), ("#/nodes/node-a", "node-page"), ("#/find/cha", "channel"),
    ];

    [Theory]
    [InlineData(ColorScheme.Light, 1280, 800)]
    [InlineData(ColorScheme.Dark, 1280, 800)]
    [InlineData(ColorScheme.Light, 390, 844)]
    [InlineData(ColorScheme.Dark, 390, 844)]
    public async Task Axe_finds_nothing_on_any_page(ColorScheme scheme, int width, int height)
    {
        Required.OrSkip(Axe.Missing);
        var stand = await StandAsync();
        var gone = Samples.Node("node-c", "dead") with { Reachable = false, Live = null };
        Samples.Cluster(stand, [Samples.Node("node-a"), Samples.Node("node-b", "draining"), gone], paused: [new MovesPause("node-a", 600)]);
        var window = await OpenAsync(stand, options: Window(scheme, width, height));
        await Expect(window.All("node")).ToHaveCountAsync(3);
        foreach (var (hash, shown) in Pages)
        {
            await window.GoAsync(hash);
            await Expect(window.All(shown).First).ToBeVisibleAsync();
            await Axe.ShouldFindNothingAsync(window.Page, hash);
        }

        await window.GoAsync("#/");
        await window.Node("node-a").GetByRole(AriaRole.Button, new() { Name = "Drain" }).ClickAsync();
        await Expect(window.All("confirm")).ToBeVisibleAsync();
        await Axe.ShouldFindNothingAsync(window.Page, "a question");
    }

    [Theory]
    [InlineData(ColorScheme.Light, 1280, 800)]
    [InlineData(ColorScheme.Dark, 390, 844)]
    public async Task Axe_finds_nothing_on_a_lighthouse(ColorScheme scheme, int width, int height)
    {
        Required.OrSkip(Axe.Missing);
        var stand = await StandAsync();
        Samples.Lighthouse(stand);
        var window = await OpenAsync(stand, options: Window(scheme, width, height));
        await Expect(window.All("member").Last).ToContainTextAsync("lighthouse");

        await Axe.ShouldFindNothingAsync(window.Page, "overview");
    }

    [Theory]
    [InlineData(320)]
    [InlineData(390)]
    [InlineData(768)]
    [InlineData(1024)]
    [InlineData(1280)]
    [InlineData(1440)]
    [InlineData(1920)]
    public async Task No_table_is_wider_than_its_window(int width)
    {
        const string Most = "() => [...document.querySelectorAll('.wide')].filter((one) => one.checkVisibility()).map((one) => one.scrollWidth - one.clientWidth)";
        var stand = await StandAsync();
        var name = "realtime-eu-central-1-";
        string[] names = [.. Enumerable.Range(0, 3).Select(i => name + i)];
        Samples.Map(stand, names, [.. Enumerable.Range(0, Samples.Shards).Select(shard => shard % names.Length)]);
        var busy = new NodeRates(12_345, 987_654, 812_000_000, 4_321, 91, 12.4, 1_204, 18_200, 812_000_000);
        var draining = Samples.Node(names[1], "draining", shards: 40, connections: 9_876);
        Samples.Cluster(stand, [.. new[] { Samples.Node(names[0], connections: 48_123) with { Capacity = 50_000 }, draining, Samples.Node(names[2]) }
            .Select(node => node with { Live = node.Live! with { Rates = busy, Memory = 12_412_000_000, Sessions = 123_456, Channels = 98_765, UptimeSeconds = 9_000_000 } })]);
        var window = await OpenAsync(stand, options: Window(ColorScheme.Light, width, 800));
        await Expect(window.All("node")).ToHaveCountAsync(3);
        foreach (var (hash, shown) in Pages.Where(page => page.Hash != "#/nodes/node-a"))
        {
            await window.GoAsync(hash);
            await Expect(window.All(shown).First).ToBeVisibleAsync();

            (await window.Page.EvaluateAsync<int[]>(Most)).ShouldAllBe(over => over <= 0, $"{hash} at {width}");
            (await window.Page.EvaluateAsync<int>("() => document.documentElement.scrollWidth - document.documentElement.clientWidth")).ShouldBeLessThanOrEqualTo(0, hash);
        }

        await window.GoAsync("#/");
        await Overhang.ShouldBeNoneAsync(window.Page, "overview");
        await Expect(window.Node(names[0]).GetByRole(AriaRole.Button, new() { Name = "Drain" })).ToBeVisibleAsync();
    }

    [Fact]
    public async Task By_keyboard_alone_everything_is_reached_and_seen_to_be()
    {
        var stand = await StandAsync();
        var window = await OpenAsync(stand);
        await window.ShouldSayAsync("3 nodes, all well");
        await window.Page.Keyboard.PressAsync("Tab");
        await Expect(window.Page.Locator("#skip")).ToBeFocusedAsync();
        await Expect(window.Page.Locator("#skip")).ToBeInViewportAsync();
        await window.Page.Keyboard.PressAsync("Enter");
        await Expect(window.Page.Locator("main")).ToBeFocusedAsync();
        await Expect(window.Page).ToHaveURLAsync(stand.Address.AbsoluteUri);

        var (unseen, stops) = await FocusRing.WalkAsync(window.Page);

        unseen.ShouldBeEmpty();
        stops.ShouldBeGreaterThan(15);
    }

    private static BrowserNewContextOptions Window(ColorScheme scheme, int width, int height) => new()
    {
        ColorScheme = scheme,
        ViewportSize = new ViewportSize { Width = width, Height = height },
        ReducedMotion = ReducedMotion.Reduce,
        BypassCSP = true,
    };
}
