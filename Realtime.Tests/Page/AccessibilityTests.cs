using Microsoft.Playwright;
using Realtime.Tests.Clients;
using Realtime.Tests.Clients.Browser;
using Realtime.Tests.Support;
using static Microsoft.Playwright.Assertions;

namespace Realtime.Tests.Page;

[Collection(InChromium.Name)]
public sealed class AccessibilityTests(ScenarioServer server, Chromium chromium) : PageStage(server, chromium)
{
    [Theory]
    [InlineData(ColorScheme.Light, 1280, 800)]
    [InlineData(ColorScheme.Dark, 1280, 800)]
    [InlineData(ColorScheme.Light, 390, 844)]
    [InlineData(ColorScheme.Dark, 390, 844)]
    [InlineData(ColorScheme.Light, 667, 375)]
    public async Task Axe_finds_nothing_in_any_view(ColorScheme scheme, int width, int height)
    {
        Required.OrSkip(Axe.Missing);
        await using var strict = new ScenarioServer(grace: "10m", chatBytes: "400B");
        await strict.StartAsync();
        var window = await OpenAsync(strict, "Ann", new BrowserNewContextOptions
        {
            ColorScheme = scheme,
            ViewportSize = new ViewportSize { Width = width, Height = height },
            ReducedMotion = ReducedMotion.Reduce,
            BypassCSP = true,
        });
        await Axe.ShouldFindNothingAsync(window.Page, "an empty room");

        await window.WriteAsync("hello");
        await window.WriteAsync(new string('w', 500));
        await Expect(window.All("refused")).ToHaveCountAsync(1);
        await Expect(window.All("message", "[data-state=sent]")).ToHaveCountAsync(1);
        await Axe.ShouldFindNothingAsync(window.Page, "a message and a refused one");
        if (await window.Page.Locator("#tabs").IsVisibleAsync())
        {
            foreach (var view in new[] { "people", "canvas", "network", "chat" })
            {
                await window.Page.Locator($"#tabs [data-view={view}]").ClickAsync();
                await Axe.ShouldFindNothingAsync(window.Page, view);
            }
        }

        await window.ToggleCutAsync();
        await window.StatusAsync("offline");
        await window.WriteAsync("waits");
        await Expect(window.All("message", "[data-state=pending]")).ToHaveCountAsync(1);
        await Axe.ShouldFindNothingAsync(window.Page, "a cut network");
        await window.ToggleCutAsync();
        await Expect(window.All("recovered")).ToHaveCountAsync(0);
    }

    [Fact]
    public async Task By_keyboard_alone_one_gets_to_the_message_box_and_sees_where_one_is()
    {
        var window = await OpenAsync("Ann");
        await window.Page.Keyboard.PressAsync("Tab");
        await Expect(window.Page.Locator("#skip")).ToBeFocusedAsync();
        await Expect(window.Page.Locator("#skip")).ToBeInViewportAsync();
        await window.Page.Keyboard.PressAsync("Enter");
        await Expect(window.All("message-input")).ToBeFocusedAsync();

        var (unseen, stops) = await FocusRing.WalkAsync(window.Page);

        unseen.ShouldBeEmpty();
        stops.ShouldBeGreaterThan(10);
    }
}
