using Microsoft.Playwright;
using Realtime.Tests.Clients;
using Realtime.Tests.Clients.Browser;
using Realtime.Tests.Support;
using static Microsoft.Playwright.Assertions;

namespace Realtime.Tests.Page;

[Collection(InChromium.Name)]
public sealed class AppearanceTests(ScenarioServer server, Chromium chromium) : PageStage(server, chromium)
{
    [Fact]
    public async Task On_a_phone_everything_can_be_reached_and_nothing_hangs_over()
    {
        var phone = await OpenAsync("Ann", new BrowserNewContextOptions
        {
            ViewportSize = new ViewportSize { Width = 390, Height = 844 },
            IsMobile = true,
            HasTouch = true,
            DeviceScaleFactor = 2,
        });
        var word = new string('w', 300);
        await phone.All("message-input").TapAsync();
        await phone.All("message-input").FillAsync("from the phone");
        await phone.All("send").TapAsync();
        await phone.WriteAsync(word);
        await phone.ShouldShowAsync("from the phone", word);

        foreach (var (view, part) in new[] { ("people", "name"), ("canvas", "stage"), ("network", "events"), ("chat", "message-input") })
        {
            await phone.Page.Locator($"#tabs [data-view={view}]").TapAsync();

            var there = part == "stage" ? phone.Page.Locator("#stage") : phone.All(part);
            await Expect(there).ToBeInViewportAsync();
            (await phone.Page.EvaluateAsync<int>("() => document.documentElement.scrollWidth - innerWidth")).ShouldBeLessThanOrEqualTo(0, view);
        }

        await Expect(phone.All("send")).ToBeInViewportAsync();
        await Expect(phone.All("cut")).ToBeInViewportAsync();
        // Fingers are not pointers: the smallest size that accessibility guidelines allow.
        foreach (var id in new[] { "send", "cut" })
        {
            var box = (await phone.All(id).BoundingBoxAsync())!;
            Math.Min(box.Width, box.Height).ShouldBeGreaterThanOrEqualTo(24);
        }
    }

    [Theory]
    [InlineData(ColorScheme.Light)]
    [InlineData(ColorScheme.Dark)]
    public async Task Light_and_dark_are_both_readable(ColorScheme scheme)
    {
        var window = await OpenAsync("Ann", new BrowserNewContextOptions { ColorScheme = scheme });
        await window.WriteAsync("readable");
        await window.ShouldShowAsync("readable");

        var background = await window.Page.EvaluateAsync<double>($"() => ({Luminance})(getComputedStyle(document.body).backgroundColor)");
        if (scheme == ColorScheme.Light)
        {
            background.ShouldBeGreaterThan(0.6);
        }
        else
        {
            background.ShouldBeLessThan(0.1);
        }

        foreach (var selector in new[] { "[data-testid=message] .text", "[data-testid=person] .who", "[data-testid=message-input]", "#title", "[data-testid=status]" })
        {
            // The contrast that WCAG asks of text.
            (await window.Page.Locator(selector).First.EvaluateAsync<double>(Contrast)).ShouldBeGreaterThanOrEqualTo(4.5, selector);
        }
    }

    /// <summary>Of any CSS colour, painted to learn what it comes to.</summary>
    private const string Luminance =
        """
        (colour) => {
          const canvas = Object.assign(document.createElement('canvas'), { width: 1, height: 1 });
          const context = canvas.getContext('2d');
          context.fillStyle = colour;
          context.fillRect(0, 0, 1, 1);
          const [r, g, b] = [...context.getImageData(0, 0, 1, 1).data].map((c) => (c / 255 <= 0.04045 ? c / 255 / 12.92 : ((c / 255 + 0.055) / 1.055) ** 2.4));
          return 0.2126 * r + 0.7152 * g + 0.0722 * b;
        }
        """;

    private const string Contrast =
        $$"""
        (node) => {
          const luminance = {{Luminance}};
          let behind = node;
          while (behind.parentElement && /, 0\)$|^transparent$|\/ 0\)$/.test(getComputedStyle(behind).backgroundColor)) behind = behind.parentElement;
          const [a, b] = [luminance(getComputedStyle(node).color), luminance(getComputedStyle(behind).backgroundColor)];
          return (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
        }
        """;
}
