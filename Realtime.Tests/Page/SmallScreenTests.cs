using Microsoft.Playwright;
using Realtime.Tests.Clients;
using Realtime.Tests.Clients.Browser;
using Realtime.Tests.Support;
using static Microsoft.Playwright.Assertions;

namespace Realtime.Tests.Page;

[Collection(InChromium.Name)]
public sealed class SmallScreenTests(ScenarioServer server, Chromium chromium) : PageStage(server, chromium)
{
    [Theory]
    [InlineData(320, 568)]
    [InlineData(360, 740)]
    [InlineData(390, 844)]
    [InlineData(568, 320)]
    [InlineData(667, 375)]
    [InlineData(844, 390)]
    public async Task Nothing_is_cut_off_whatever_the_link_does(int width, int height)
    {
        var phone = await OpenAsync("Ann", Phone(width, height));
        await phone.WriteAsync("hello");
        await phone.ShouldShowAsync("hello");
        foreach (var view in new[] { "people", "canvas", "network", "chat" })
        {
            await phone.Page.Locator($"#tabs [data-view={view}]").TapAsync();
            await Overhang.ShouldBeNoneAsync(phone.Page, view, "#rooms");
        }

        await phone.ToggleCutAsync();
        await phone.StatusAsync("offline");
        await Overhang.ShouldBeNoneAsync(phone.Page, "offline", "#rooms");
        // The longest words that the state has.
        await phone.Page.Locator("#status").EvaluateAsync("(status) => { status.dataset.state = 'waiting'; status.lastElementChild.textContent = 'Reconnecting in 9.9 s'; }");
        await Overhang.ShouldBeNoneAsync(phone.Page, "waiting", "#rooms");
        // What is read and written has most of the height, also when the phone lies on its side.
        (await phone.Page.Locator("#chat").EvaluateAsync<double>("(chat) => chat.clientHeight / innerHeight")).ShouldBeGreaterThan(0.6);
    }

    [Fact]
    public async Task While_the_keyboard_is_up_the_newest_message_is_still_seen()
    {
        var phone = await OpenAsync("Ann", Phone(360, 740));
        var all = Enumerable.Range(1, 20).Select(i => $"{i}").ToArray();
        await phone.WriteAllAsync(all);
        await phone.ShouldShowAsync(all);

        await phone.All("message-input").TapAsync();
        await phone.Page.SetViewportSizeAsync(360, 380);

        await Expect(phone.All("message-input")).ToBeFocusedAsync();
        await Expect(phone.Texts.Last).ToBeInViewportAsync(new() { Ratio = 1 });
    }

    private static BrowserNewContextOptions Phone(int width, int height) => new()
    {
        ViewportSize = new ViewportSize { Width = width, Height = height },
        IsMobile = true,
        HasTouch = true,
        DeviceScaleFactor = 2,
    };
}
